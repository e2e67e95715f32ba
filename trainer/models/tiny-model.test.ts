import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { readModelFolder } from "../file-formats/model-folder";
import { tokenizeExample } from "../tokenizer/tokenize-example";
import { makeTinyModel } from "./fetch-model";
import { writeTinyModel } from "./tiny-model";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tiny-"));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

describe("the tiny model", () => {
  it("is a whole model folder, with the same bytes wherever it is made", async () => {
    const [first, second] = [path.join(folder, "a"), path.join(folder, "b")];
    await Promise.all([writeTinyModel(first), writeTinyModel(second)]);
    const digest = async (made: string) =>
      createHash("sha256")
        .update(await readFile(path.join(made, "model.safetensors")))
        .digest("hex");
    expect(await digest(first)).toBe(await digest(second));
    const model = await readModelFolder(first);
    expect(model.config).toMatchObject({
      family: "llama",
      vocabSize: 512,
      layers: 2,
      maxPositions: 1024,
      eosTokenIds: [2],
    });
    expect(model.tokenizer.vocabSize).toBe(512);
    expect(model.tensors.get("lm_head.weight")?.shape).toEqual([512, 64]);
    const text = "Why is the sky blue? 😀";
    expect(model.tokenizer.decode(model.tokenizer.encode(text))).toBe(text);
    expect(model.tokenizer.encode(text).length).toBeLessThan(20);
    const { completionIds } = tokenizeExample(model, {
      prompt: [{ role: "user", content: text }],
      completion: [{ role: "assistant", content: "Because." }],
    });
    expect(model.tokenizer.decode(completionIds)).toBe("Because.<|im_end|>\n");
  });

  it("may be made by several processes at once, and is made anew when it is damaged", async () => {
    vi.stubEnv("TUNELOOP_CACHE", folder);
    const [made] = await Promise.all(Array.from({ length: 4 }, () => makeTinyModel()));
    expect((await readModelFolder(made!)).tensors.size).toBe(21);
    await truncate(path.join(made!, "model.safetensors"), 1000);
    await makeTinyModel();
    expect((await readModelFolder(made!)).tensors.size).toBe(21);
  });

  it("may be written over by several processes at once", async () => {
    const shared = path.join(folder, "shared");
    await Promise.all(Array.from({ length: 4 }, () => writeTinyModel(shared)));
    expect((await readModelFolder(shared)).tensors.size).toBe(21);
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
