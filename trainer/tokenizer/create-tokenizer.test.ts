import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readGgufHeader } from "../file-formats/gguf-header";
import { readTokenizer } from "../file-formats/model-folder";
import { createTokenizer } from "./create-tokenizer";
import { tokenizerFilesFromGguf } from "./gguf-tokenizer";

const goldens = path.join(import.meta.dirname, "../fixtures/goldens");
const gguf = path.join(import.meta.dirname, "../file-formats/fixtures/llama-quantised.gguf");

/** Results of the `tokenizers` library (Rust); `digits` splits numbers into digits first, as SmolLM2 does. */
interface Reference {
  encodings: { text: string; plain: number[]; digits: number[] }[];
  decodings: { ids: number[]; all: string; plain: string }[];
}
const reference: Reference = JSON.parse(
  await readFile(path.join(import.meta.dirname, "fixtures/reference-encodings.json"), "utf8"),
);
const { tokenizer } = await readTokenizer(path.join(goldens, "llama"));

describe("encode", () => {
  it.each(["llama", "gpt2"])("gives the ids of transformers for %s", async (family) => {
    const forward = JSON.parse(await readFile(path.join(goldens, "forward.json"), "utf8"));
    const { tokenizer } = await readTokenizer(path.join(goldens, family));
    expect(forward[family].length).toBeGreaterThan(0);
    for (const { text, ids } of forward[family]) expect(tokenizer.encode(text)).toEqual(ids);
  });

  it.each(reference.encodings)("agrees with the Rust library on $text", ({ text, plain }) => {
    expect(tokenizer.encode(text)).toEqual(plain);
    expect(tokenizer.decode(plain)).toBe(text);
  });

  it("agrees with it for a tokenizer rebuilt from a GGUF, whole numbers and digits", async () => {
    const { metadata } = await readGgufHeader(gguf);
    const rebuilt = createTokenizer(tokenizerFilesFromGguf(metadata, gguf), gguf);
    const smollm = { ...metadata, "tokenizer.ggml.pre": "smollm" };
    const digits = createTokenizer(tokenizerFilesFromGguf(smollm, gguf), gguf);
    for (const encoding of reference.encodings) {
      expect(rebuilt.encode(encoding.text)).toEqual(encoding.plain);
      expect(digits.encode(encoding.text)).toEqual(encoding.digits);
    }
    expect(rebuilt).toMatchObject({ eosTokenId: 2, padTokenId: 0, bosTokenId: null, vocabSize: 512 });
  });
});

describe("decode", () => {
  it.each(reference.decodings)("agrees with the Rust library on $ids", ({ ids, all, plain }) => {
    expect(tokenizer.decode(ids)).toBe(all);
    expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(plain);
  });

  it("gives nothing for ids of padded embeddings", () => {
    expect(tokenizer.decode([40, 100_000, 41])).toBe(tokenizer.decode([40, 41]));
  });

  it("streams the same text and never half a character", () => {
    const text = "Да 😀 日本語 e\u0301 fin";
    const decoder = tokenizer.streamDecoder();
    const pieces = tokenizer.encode(text).map((id) => decoder.push(id));
    expect(pieces.join("") + decoder.end()).toBe(text);
    expect(pieces.some((piece) => piece.includes("\ufffd"))).toBe(false);
    expect(pieces).toContain("😀");
  });

  it("says at the end what never became a character", () => {
    const decoder = tokenizer.streamDecoder();
    const [first] = tokenizer.encode("😀");
    expect(decoder.push(first!)).toBe("");
    expect(decoder.end()).toBe("\ufffd");
  });
});

describe("createTokenizer", () => {
  const files = (change: object) => ({
    tokenizer: { ...tokenizer.files.tokenizer, ...change },
    config: tokenizer.files.config,
  });

  it("knows its control tokens", () => {
    expect(tokenizer).toMatchObject({ eosTokenId: 2, padTokenId: 0, bosTokenId: null, vocabSize: 512 });
    expect(tokenizer.specialTokens).toEqual({ eos_token: "<|im_end|>", pad_token: "<|endoftext|>" });
    expect(tokenizer.tokenToId("<|im_start|>")).toBe(1);
    expect(tokenizer.tokenToId("no such token")).toBeUndefined();
  });

  it("takes the model's end of turn where its own files name none", () => {
    const nameless = { tokenizer: tokenizer.files.tokenizer, config: {} };
    expect(createTokenizer(nameless, "tokenizer.json", 7).eosTokenId).toBe(7);
    expect(() => createTokenizer(nameless, "tokenizer.json")).toThrow("tokenizer.json: names no end of turn");
  });

  it.each([
    [{ model: { type: "Unigram", vocab: [] } }, "is a tokenizer of kind Unigram; supported is byte-level BPE"],
    [{ decoder: { type: "Metaspace" } }, "supported is byte-level BPE"],
    [{ added_tokens: undefined }, '"added_tokens" is missing'],
    [{ added_tokens: [{ id: "x", content: "y" }] }, '"added_tokens[0]" should have an id and a content'],
    [{ added_tokens: [{ id: 1e9, content: "y" }] }, '"added_tokens[0]" should have an id and a content'],
    [{ model: { type: "BPE", vocab: { a: -1 }, merges: [] } }, 'token "a": its id -1 is not a token id'],
    [{ model: { type: "BPE", vocab: {} } }, "is damaged"],
  ])("refuses %j in one line that names the file", (change, message) => {
    expect(() => createTokenizer(files(change), "folder/tokenizer.json")).toThrow(`folder/tokenizer.json: `);
    expect(() => createTokenizer(files(change), "folder/tokenizer.json")).toThrow(message);
  });
});

describe("tokenizerFilesFromGguf", () => {
  it.each([
    ["tokenizer.ggml.model", "llama", '"tokenizer.ggml.model" is llama; supported is gpt2'],
    ["tokenizer.ggml.model", undefined, '"tokenizer.ggml.model" is missing'],
    ["tokenizer.ggml.pre", "tekken", '"tokenizer.ggml.pre" is tekken; supported are'],
    ["tokenizer.ggml.merges", undefined, '"tokenizer.ggml.merges" is missing'],
    ["tokenizer.ggml.merges", ["abc"], '"tokenizer.ggml.merges" holds "abc", no pair'],
    ["tokenizer.ggml.token_type", [1], '"tokenizer.ggml.token_type" should have a type for each token'],
    ["tokenizer.ggml.eos_token_id", 9999, '"tokenizer.ggml.eos_token_id" is 9999, which is not a token'],
  ])("refuses %s = %j", async (key, value, message) => {
    const { metadata } = await readGgufHeader(gguf);
    expect(() => tokenizerFilesFromGguf({ ...metadata, [key]: value }, "model.gguf")).toThrow(`model.gguf: ${message}`);
  });
});
