import { PrismaPg } from "@prisma/adapter-pg";
import { describe, expect, it } from "vitest";
import { DomainError } from "@/domain/errors";
import { PrismaClient } from "@/generated/prisma/client";
import { database } from "../database/client";
import { withTestDatabase } from "../testing/test-database";
import { describeJobFailure, isRetryable, workerDied } from "./failures";

withTestDatabase();

const reasonOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => {
      throw new Error("it should have failed");
    },
    (error: unknown) => error,
  );

describe("what a row says of its failure", () => {
  it("is the error's own sentence, with the hint of its code", () => {
    const unread = new DomainError("model-file-invalid", "log", "a/config.json: no JSON");
    expect(describeJobFailure(unread)).toEqual({
      code: "model-file-invalid",
      message: "a/config.json: no JSON",
      hint: expect.stringMatching(/files of the model/),
    });
    const offline = describeJobFailure(new DomainError("model-unavailable", "offline"));
    expect(offline.hint).toMatch(/network/);
    expect(describeJobFailure(new DomainError("run-paused", "KL")).hint).toMatch(/diagnosis/);
  });

  it("tells memory that ran out from what nobody foresaw", () => {
    expect(describeJobFailure(new Error("std::bad_alloc"))).toMatchObject({
      code: "out-of-memory",
      hint: workerDied(3).hint,
    });
    expect(describeJobFailure("thrown text")).toMatchObject({
      code: "unexpected",
      message: "thrown text",
      hint: expect.stringMatching(/^Try again/),
    });
  });
});

describe("worth another try", () => {
  it("is whatever a killed database leaves behind, in raw queries and in others", async () => {
    expect(isRetryable(await reasonOf(database().$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`))).toBe(true);
    const within = database().$transaction(async (tx) => {
      const [own] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
      await database().$queryRaw`SELECT pg_terminate_backend(${own?.pid}::int)`;
      await tx.user.count();
    });
    expect(isRetryable(await reasonOf(within))).toBe(true);
  });

  const knownToBeGone = /not queryable|Connection terminated/;
  it("is a transaction whose connection is known to be gone when the next query comes", async () => {
    const within = database().$transaction(async (tx) => {
      const [own] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
      await database().$queryRaw`SELECT pg_terminate_backend(${own?.pid}::int)`;
      // The driver learns of the lost connection at a moment of its own: queries before that only see it close.
      let reason: unknown;
      do reason = await reasonOf(tx.user.count());
      while (!knownToBeGone.test(String(reason)));
      throw reason;
    });
    const reason = await reasonOf(within);
    expect(reason).toMatchObject({ message: expect.stringMatching(knownToBeGone) });
    expect(isRetryable(reason)).toBe(true);
  });

  it("is a database that cannot be reached", async () => {
    const away = new PrismaClient({ adapter: new PrismaPg({ connectionString: "postgresql://x:x@127.0.0.1:9/none" }) });
    expect(isRetryable(await reasonOf(away.$queryRaw`SELECT 1`))).toBe(true);
    expect(isRetryable(await reasonOf(away.user.count()))).toBe(true);
  });

  it("is no wrong query, no wrong model and no bug", async () => {
    expect(isRetryable(await reasonOf(database().$queryRaw`SELECT 1 / 0`))).toBe(false);
    expect(isRetryable(await reasonOf(database().$queryRaw`SELECT * FROM "NoSuchTable"`))).toBe(false);
    expect(isRetryable(new DomainError("non-finite-loss", "step 7: loss is NaN"))).toBe(false);
    expect(isRetryable(new TypeError("x is undefined"))).toBe(false);
  });
});
