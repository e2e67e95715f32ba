import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isProblem, type ReadRow } from "./place";
import { type IntakeSource, readRowBatches } from "./read-row-batches";

const LIMITS = { maxLineBytes: 1024 * 1024, maxLineWords: "the line is {size} long" };
const fixture = readFileSync(join(import.meta.dirname, "fixtures/parquet/pairs.parquet"));

const sourceOf = (bytes: Uint8Array, { isPipe = false } = {}): IntakeSource => ({
  async *chunks() {
    yield bytes;
  },
  anywhere: async () =>
    isPipe
      ? null
      : {
          byteLength: bytes.length,
          slice: async (start, end = bytes.length) => new Uint8Array(bytes.subarray(start, end)).buffer,
        },
});

async function read(bytes: Uint8Array, options = {}) {
  const rows: ReadRow[] = [];
  let last = 0;
  let container: string | null = null;
  for await (const batch of readRowBatches(sourceOf(bytes, options), LIMITS, null)) {
    rows.push(...batch.rows);
    last = batch.bytesRead;
    container = batch.container;
  }
  return { rows, last, container };
}

describe("a Parquet file", () => {
  it("is read with nested lists, whole numbers, dates and nulls, however its columns are compressed", async () => {
    const { rows, last, container } = await read(fixture);
    expect(container).toBe("parquet");
    expect(last).toBe(fixture.length);
    expect(rows.map(({ place }) => place)).toEqual([0, 1, 2, 3, 4].map((element) => ({ line: 0, element })));
    expect(rows[2]).toMatchObject({
      fields: {
        prompt: [{ role: "user", content: "Name a tree, number 2." }],
        chosen: [{ role: "assistant", content: "Oak 2." }],
        rejected: [{ role: "assistant", content: "Stone." }],
        margin: 0.25,
        id: "1152921504606846977",
        made: "2026-01-03T00:00:00.000Z",
        split: "train",
      },
    });
    expect(rows[3]).toMatchObject({ fields: { margin: null, id: null, split: "test" } });
  });

  it("is refused where it is cut off, or comes through a pipe", async () => {
    const cut = await read(fixture.subarray(0, fixture.length - 20));
    expect(cut.rows).toEqual([
      { place: { line: 0 }, message: expect.stringMatching(/footer != PAR1\)\); is it cut off/) },
    ]);
    const piped = await read(fixture, { isPipe: true });
    expect(piped.rows).toEqual([{ place: { line: 0 }, message: expect.stringMatching(/give it as a file/) }]);
    const short = await read(Buffer.from("PAR1"));
    expect(short.rows).toEqual([{ place: { line: 0 }, message: expect.stringMatching(/can't be read/) }]);
  });

  it("names the row group that is broken, and gives the rows before it", async () => {
    const broken = Buffer.from(fixture);
    // The second row group's texts begin with the third row's prompt.
    const at = broken.indexOf("Name a tree, number 2.");
    broken.fill(0xff, at - 40, at + 40);
    const { rows } = await read(broken);
    expect(rows.slice(0, 2).some(isProblem)).toBe(false);
    expect(rows.slice(2)).toEqual([
      {
        place: { line: 0, element: 2 },
        message: expect.stringMatching(/^row group 2 of 3 \(rows 3 to 4\) can't be read \(.*\); nothing is read/),
      },
    ]);
  });
});

it("cuts one large piece into steps, and says how far it is", async () => {
  const lines = Array.from({ length: 20_000 }, (_, row) => JSON.stringify({ prompt: `Question ${row}?` })).join("\n");
  const bytes = Buffer.from(lines);
  const steps: number[] = [];
  let count = 0;
  for await (const { rows, bytesRead } of readRowBatches(sourceOf(bytes), LIMITS, "jsonl")) {
    count += rows.length;
    steps.push(bytesRead);
  }
  expect(count).toBe(20_000);
  expect(steps.length).toBeGreaterThan(4);
  expect(steps.at(-1)).toBe(bytes.length);
});
