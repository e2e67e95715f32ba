import { describe, expect, it } from "vitest";
import { isDomainError } from "@/domain/errors";
import { makeGrid, parseVary } from "./grid";

const RUN = '{"method": "dpo", "dataset": "pairs.jsonl", "beta": 0.2, "lora": {"rank": 4}}';
const grid = (...varied: string[]) => makeGrid(RUN, "RUN.json", varied.map(parseVary));

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isDomainError(error)) return error.userMessage;
    throw error;
  }
  throw new Error("not refused");
}

describe("makeGrid", () => {
  it("combines all values, the last key fastest, each a whole configuration", () => {
    const { run, cells } = grid("beta=0.1,0.3", "lora.rank=8,16");
    expect(run).toMatchObject({ beta: 0.2, lora: { rank: 4 } });
    expect(cells.map(({ name }) => name)).toEqual([
      "beta=0.1_lora.rank=8",
      "beta=0.1_lora.rank=16",
      "beta=0.3_lora.rank=8",
      "beta=0.3_lora.rank=16",
    ]);
    expect(cells[3]).toMatchObject({
      values: { beta: 0.3, "lora.rank": 16 },
      config: { method: "dpo", beta: 0.3, lora: { rank: 16 }, dataset: "pairs.jsonl" },
    });
  });

  it("takes enumerations, switches and keys that RUN.json leaves out", () => {
    const { cells } = grid("loss=sigmoid,ipo", "shuffle=true,false", "learningRate=1e-5");
    expect(cells.map(({ config }) => config)).toMatchObject([
      { loss: "sigmoid", shuffle: true, learningRate: 1e-5 },
      { loss: "sigmoid", shuffle: false },
      { loss: "ipo", shuffle: true },
      { loss: "ipo", shuffle: false },
    ]);
  });

  it.each([
    [["beta=0.1,much"], 'RUN.json with beta=much: beta: expected number, received string (got "much")'],
    [["beta=0.1,-1"], "RUN.json with beta=-1: beta: expected number to be >0 (got -1)"],
    [["betta=0.1"], 'RUN.json with betta=0.1: betta: no such key for method dpo (did you mean "beta"?)'],
    [
      ["beta=0.1", "loss=sigmoid,robust"],
      /^RUN\.json with beta=0\.1, loss=robust: labelSmoothing: the loss "robust" needs/,
    ],
    [["beta=0.1", "beta=0.2"], "--vary beta: is given twice; one --vary lists all values of a key"],
    [["beta=0.1,"], "--vary beta=0.1,: beta: a value is missing"],
    [["beta=1e-1,0.1"], "--vary beta=1e-1,0.1: beta: 0.1 is given twice"],
    [["beta"], "--vary beta: it should be KEY=VALUE,VALUE…, as in beta=0.1,0.3"],
    [["model=a/b,a-b"], "--vary: two values would share the folder model=a-b"],
    [[], "--vary: name at least one key and its values, as in --vary beta=0.1,0.3"],
  ])("refuses %j in one line", (varied, message) => {
    const said = refusal(() => grid(...varied));
    if (typeof message === "string") expect(said).toBe(message);
    else expect(said).toMatch(message);
  });

  it("names file and line where RUN.json itself is wrong", () => {
    const work = () => makeGrid('{"method": "dpo",\n"dataset": 1}', "RUN.json", [parseVary("beta=1")]);
    expect(refusal(work)).toMatch(/^RUN\.json:2: dataset: /);
  });
});
