import { mkdtemp, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { jsonRows } from "./json-rows";

const rowsOf = async (file: string) => {
  const rows: unknown[] = [];
  for await (const row of jsonRows(file)) rows.push(row);
  return rows;
};

it("reads whole lines, skips the half one of a killed run, and finds nothing where no file is", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "tuneloop-rows-"));
  const file = path.join(folder, "metrics.jsonl");
  expect(await rowsOf(file)).toEqual([]);
  await writeFile(file, '{"step":1}\n{"step":2,"text":"a\u2028b"}\n{"ste');
  expect(await rowsOf(file)).toEqual([{ step: 1 }, { step: 2, text: "a\u2028b" }]);
  await expect(rowsOf(folder)).rejects.toThrow("EISDIR");
});
