import { describe, expect, expectTypeOf, it } from "vitest";
import { ERROR_CODES, type NounOf } from "./error-codes";
import { ACCESS_ERRORS } from "./error-codes/access";
import { DATASET_ERRORS } from "./error-codes/datasets";
import { INSTANCE_ERRORS } from "./error-codes/instance";
import { JOB_ERRORS } from "./error-codes/jobs";
import { LABELLING_ERRORS } from "./error-codes/labelling";
import { MODEL_ERRORS } from "./error-codes/models";
import { RUN_ERRORS } from "./error-codes/runs";
import { DomainError } from "./errors";

const AREAS = [ACCESS_ERRORS, DATASET_ERRORS, INSTANCE_ERRORS, JOB_ERRORS, LABELLING_ERRORS, MODEL_ERRORS, RUN_ERRORS];

describe("error codes", () => {
  it("stand in the table of one area each", () => {
    const codes = AREAS.flatMap((area) => Object.keys(area));
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
    expect(Object.keys(ERROR_CODES).sort()).toEqual(codes.sort());
  });

  it("are kebab-case", () => {
    expect(Object.keys(ERROR_CODES).filter((code) => !/^[a-z]+(-[a-z]+)*$/.test(code))).toEqual([]);
  });

  it("say by their endings what their statuses are", () => {
    const endings = { "-not-found": 404, "-forbidden": 403, "-conflict": 409, "-unavailable": 503 };
    const wrong = Object.entries(ERROR_CODES).filter(([code, { status }]) =>
      Object.entries(endings).some(([ending, expected]) => code.endsWith(ending) && status !== expected),
    );
    expect(wrong).toEqual([]);
  });

  it("that are unknown do not compile, nor do those made of a noun that has none", () => {
    // @ts-expect-error a code of no table
    new DomainError("invalidInput", "m");
    const noun = "evaluation" as NounOf<"finished">;
    new DomainError(`${noun}-finished`, "m");
    // @ts-expect-error no `task-finished` stands in a table
    new DomainError(`${"task" as const}-finished`, "m");
    expectTypeOf<NounOf<"unfinished">>().toEqualTypeOf<"export">();
  });
});
