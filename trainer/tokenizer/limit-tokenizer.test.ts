import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportModel } from "../exchange/export-model";
import { importModel } from "../exchange/import-model";
import { goldensFolder } from "../fixtures/goldens";
import { loadModelFiles } from "../models/load-model-files";
import { withRewardHead } from "../recipes/reward-head";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "limit-"));
});
afterAll(() => rm(folder, { recursive: true }));

type Json = Record<string, unknown>;

async function edit(file: string, change: (value: Json) => void): Promise<void> {
  const value = JSON.parse(await readFile(file, "utf8"));
  change(value);
  await writeFile(file, JSON.stringify(value));
}

/** The golden model with further tokens in its tokenizer, beyond the last embedding. */
async function withTokens(tokens: string[], config: Json = {}): Promise<string> {
  const copy = await mkdtemp(path.join(folder, "model-"));
  await cp(path.join(goldensFolder, "llama"), copy, { recursive: true });
  await edit(path.join(copy, "tokenizer.json"), ({ added_tokens }) => {
    for (const [n, content] of tokens.entries()) {
      const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
      (added_tokens as Json[]).push({ id: 512 + n, content, ...plain });
    }
  });
  await edit(path.join(copy, "tokenizer_config.json"), (value) => Object.assign(value, { pad_token: tokens[0] }));
  await edit(path.join(copy, "config.json"), (value) => Object.assign(value, config));
  return copy;
}

describe("a tokenizer with more tokens than the model has embeddings", () => {
  it("is used, says so, and refuses only texts that hold them", async () => {
    const model = await withTokens(["[PAD]"]);
    const { tokenizer, notices } = await loadModelFiles(model);
    expect(notices).toEqual(["[PAD] (512) has no embedding; texts that hold it are refused"]);
    expect((await importModel({ model })).notices).toEqual(notices);
    const plain = (await loadModelFiles(path.join(goldensFolder, "llama"))).tokenizer;
    expect(tokenizer.encode("Name a soup.")).toEqual(plain.encode("Name a soup."));
    expect(() => tokenizer.encode("Name a [PAD].")).toThrow("The text holds [PAD] (512), which has no embedding");
  });

  it("counts many of them", async () => {
    const { notices } = await loadModelFiles(await withTokens(Array.from({ length: 8 }, (_, n) => `<extra_${n}>`)));
    expect(notices).toEqual([
      "<extra_0> (512), <extra_1> (513), <extra_2> (514), <extra_3> (515), <extra_4> (516) and 3 more have no embedding; texts that hold them are refused",
    ]);
  });

  it("gives no reward model and no GGUF a padding token that it has no row for", async () => {
    const model = await withTokens(["[PAD]"], { pad_token_id: 512 });
    const files = await loadModelFiles(model);
    expect(files.config).toMatchObject({ padTokenId: null, raw: { pad_token_id: null } });
    expect(withRewardHead(files, 1).config.padTokenId).toBe(files.tokenizer.eosTokenId);
    const to = path.join(folder, "gguf");
    await exportModel({ model, format: "gguf", to });
    const back = await loadModelFiles(to);
    expect(back.tokenizer.vocabSize).toBe(512);
    expect(back.tokenizer.padTokenId).toBeNull();
  });

  it("is refused, with the remedy, where words of its vocabulary are among them", async () => {
    const model = await withTokens([]);
    await edit(path.join(model, "tokenizer.json"), (value) => {
      ((value.model as Json).vocab as Json).zebra = 512;
    });
    await expect(loadModelFiles(model)).rejects.toThrow(
      /513 tokens, its model only 512 .*take the tokenizer that belongs/,
    );
    await expect(loadModelFiles(model)).rejects.toThrow("resize_token_embeddings(513)");
  });
});
