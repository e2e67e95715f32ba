import { beforeAll, describe, expect, it } from "vitest";
import { fuzzProcedure, procedures } from "../testing/fuzz-api";
import { type HostileWorld, makeHostileWorld } from "../testing/hostile-world";
import { withTestDatabase } from "../testing/test-database";
import { withTestQueue } from "../testing/test-loop";

withTestQueue();
withTestDatabase();

/** The number of inputs that each procedure gets from each of three people: an admin, an annotator, nobody. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 100);
let world: HostileWorld;
const answered = new Set<string>();

beforeAll(async () => {
  world = await makeHostileWorld();
});

describe("much hostile input", () => {
  it.each(procedures)("of $path is answered or refused", async (procedure) => {
    if ((await fuzzProcedure(procedure, world, RUNS)).has(200)) answered.add(procedure.path);
  });

  it("has come through to most procedures, so that what lies behind their schemas was tried as well", () => {
    const never = procedures.map(({ path }) => path).filter((path) => !answered.has(path));
    expect(never.length, never.join(", ")).toBeLessThan(procedures.length / 4);
  });
});
