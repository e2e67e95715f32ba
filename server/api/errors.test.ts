import { TRPCError } from "@trpc/server";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { DomainError } from "@/domain/errors";
import { ImportRefused } from "../prompts/import-refused";
import { describeError } from "./errors";

const described = (cause: unknown) => describeError(new TRPCError({ code: "BAD_REQUEST", message: "m", cause }));

describe("what a page gets to know of an error", () => {
  it("names each field of a DomainError that is wrong", () => {
    const error = new DomainError("run-config-invalid", "log", "page", undefined, [
      { path: ["lora", "rank"], message: "is missing" },
      { path: [], message: "has no method" },
    ]);
    expect(described(error)).toEqual({
      userMessage: "page",
      domainCode: "run-config-invalid",
      issues: [{ field: "lora.rank", message: "is missing" }, { message: "has no method" }],
    });
  });

  it("names lines of a refused file, and says 0 of the file as a whole", () => {
    const faults = [
      { line: 2, field: "messages.0.role", message: "is nobody's" },
      { line: 1, element: 7, message: "is a list" },
      { line: 0, message: "the file has no rows" },
    ];
    expect(described(new ImportRefused("a.jsonl", faults))).toEqual({
      userMessage: "a.jsonl:2: messages.0.role: is nobody's (and 2 more)",
      domainCode: "import-refused",
      issues: faults,
    });
  });

  it("names the fields of input that doesn't have its form", () => {
    const { error } = z.object({ wish: z.object({ name: z.string() }) }).safeParse({ wish: { name: 7 } });
    const { userMessage, domainCode, issues } = described(error);
    expect(domainCode).toBe("input-invalid");
    expect(issues).toEqual([{ field: "wish.name", message: expect.stringContaining("expected string") }]);
    expect(userMessage).toMatch(/^wish\.name: /);
  });

  it("keeps what nobody foresaw to itself", () => {
    const error = new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "the password is x" });
    expect(describeError(error)).toMatchObject({ domainCode: null, issues: [] });
    expect(describeError(error).userMessage).toMatch(/went wrong on the server/);
  });
});
