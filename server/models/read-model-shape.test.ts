import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { readModelShape } from "./read-model-shape";

const goldens = path.resolve(import.meta.dirname, "../../trainer/fixtures/goldens");

it("reads the shape of a folder of either family, knows the default base, and admits what it can't know", async () => {
  expect(await readModelShape(path.join(goldens, "llama"))).toMatchObject({ gatedMlp: true, vocabSize: 512 });
  expect(await readModelShape(path.join(goldens, "gpt2"))).toMatchObject({ gatedMlp: false, tieWordEmbeddings: true });
  expect(await readModelShape("smollm2-135m-instruct")).toMatchObject({ layers: 30, headDim: 64 });
  expect(await readModelShape("somebody/some-model")).toBeNull();
  const empty = await mkdtemp(path.join(tmpdir(), "no-model-"));
  expect(await readModelShape(empty)).toBeNull();
  await rm(empty, { recursive: true });
});
