import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDataset } from "./read-dataset";
import { type PlacedRow, readRows } from "./read-rows";

const fixture = path.join(import.meta.dirname, "../../domain/intake/fixtures/parquet/pairs.parquet");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-rows-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function collect(rows: AsyncIterable<PlacedRow>): Promise<PlacedRow[]> {
  const all: PlacedRow[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

describe("a Parquet file", () => {
  it("is read row by row, whatever it is called", async () => {
    const copy = path.join(folder, "rows.jsonl");
    await writeFile(copy, await readFile(fixture));
    const rows = await collect(readRows(copy, "rows.jsonl"));
    expect(rows.map(({ at }) => at)).toEqual([0, 1, 2, 3, 4].map((index) => `rows.jsonl[${index}]`));
    expect(rows[4]?.row.fields).toMatchObject({ margin: 1, split: null });
  });

  it("becomes the records of a training run", async () => {
    const { train, validation } = await readDataset("preference", fixture);
    const texts = [...train, ...validation].map((record) => JSON.stringify(record));
    expect(texts).toHaveLength(4); // the fourth row keeps itself for tests
    expect(texts.some((text) => text.includes("Oak 0."))).toBe(true);
    expect(texts.some((text) => text.includes("Oak 3."))).toBe(false);
  });

  it("that is broken is refused with the place, or its good rows are taken", async () => {
    const bytes = await readFile(fixture);
    const at = bytes.indexOf("Name a tree, number 2.");
    bytes.fill(0xff, at - 40, at + 40);
    const broken = path.join(folder, "broken.parquet");
    await writeFile(broken, bytes);
    await expect(collect(readRows(broken, "broken.parquet"))).rejects.toThrow(
      /^broken\.parquet\[2\]: row group 2 of 3 \(rows 3 to 4\) can't be read/,
    );
    const problems: string[] = [];
    expect(await collect(readRows(broken, "broken.parquet", (place) => problems.push(place)))).toHaveLength(2);
    expect(problems).toEqual(["broken.parquet[2]"]);
  });
});
