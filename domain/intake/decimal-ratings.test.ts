import { expect, it } from "vitest";
import { readRow } from "./read-row";

const read = (rating: number) => readRow({ place: { line: 1 }, fields: { prompt: "Hi", completion: "Hello", rating } });

it("rounds a rating with decimals, and says so", () => {
  expect(read(3.6)).toMatchObject({
    items: [{ said: { kind: "rating", completions: [{ scores: [{ criterion: "Overall", score: 4 }] }] } }],
    ignored: ["decimals of ratings (rounded)"],
  });
  expect(read(4)).toMatchObject({ ignored: [] });
});
