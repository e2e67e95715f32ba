import { readFile } from "node:fs/promises";
import path from "node:path";
import { Tokenizer as LibraryTokenizer } from "@huggingface/tokenizers";
import { describe, expect, it } from "vitest";
import { createRandom } from "../engine/random";
import type { JsonObject } from "../file-formats/json-file";
import { byteLevel, portablePreTokenizer, splitBy } from "./pre-tokenizers";
import { createWordEncoder, searchByFiles } from "./word-encoder";

const folder = path.join(import.meta.dirname, "../fixtures/goldens/llama");
const read = async (file: string): Promise<JsonObject> => JSON.parse(await readFile(path.join(folder, file), "utf8"));
const config = await read("tokenizer_config.json");
const golden = await read("tokenizer.json");
const addedTokens = golden.added_tokens as { id: number; content: string }[];

const plain = { ...golden, pre_tokenizer: portablePreTokenizer(golden.pre_tokenizer) };
/** SmolLM2 splits digits one by one. */
const digits = {
  ...golden,
  pre_tokenizer: { type: "Sequence", pretokenizers: [splitBy("\\p{N}"), plain.pre_tokenizer] },
};

/** The golden vocabulary less one token. */
function without(token: string): JsonObject {
  const { [token]: _, ...rest } = (golden.model as { vocab: JsonObject }).vocab;
  return rest;
}

/** Texts of letters, digits, white space, several scripts and control tokens, in any order. */
function randomTexts(count: number): string[] {
  const pieces = [
    ..."ab cd efg 123 4567 \n \n\n \t   '  's 're . , !? ... — é 日本 Ж 😀 \u00a0 \ufeff \u0085 e\u0301".split(" "),
    ...[" ", "  ", " the", "The", "the", "<|im_start|>", "<|im_end|>", "<|im_", "|>", "user\n", "assistant\n", "½ ٣"],
  ];
  const random = createRandom(5);
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + random.integer(25) }, () => pieces[random.integer(pieces.length)]).join(""),
  );
}

describe("createWordEncoder", () => {
  it.each([
    ["GPT-2's words", plain],
    ["single digits", digits],
    ["no words at all", { ...golden, pre_tokenizer: byteLevel(false) }],
  ])("gives the library's ids for any text, also when it remembers: %s", (_, tokenizer) => {
    const library = new LibraryTokenizer(tokenizer as never, config as never);
    const encode = createWordEncoder({ files: { tokenizer: tokenizer as JsonObject, config }, addedTokens });
    expect(encode).not.toBeNull();
    for (const text of [...randomTexts(400), ...randomTexts(400), ""]) {
      expect(encode!(text), JSON.stringify(text)).toEqual(library.encode(text, { add_special_tokens: false }).ids);
    }
  });

  it("gives the library's ids for long words and for any character there is, halves of pairs too", () => {
    const library = new LibraryTokenizer(plain as never, config as never);
    const encode = createWordEncoder({ files: { tokenizer: plain as JsonObject, config }, addedTokens })!;
    const random = createRandom(6);
    const letters = (count: number) => Array.from({ length: count }, () => "aehnrst"[random.integer(7)]).join("");
    const anything = (count: number) =>
      Array.from({ length: count }, () => String.fromCodePoint(random.integer(0x110000))).join("");
    const texts = [
      letters(5_000),
      "a".repeat(5_000),
      anything(20_000),
      ...Array.from({ length: 200 }, () => letters(12)),
    ];
    for (const text of texts) expect(encode(text)).toEqual(library.encode(text, { add_special_tokens: false }).ids);
  });

  it.each([
    ["a word that is a token is taken whole", { ignore_merges: true }],
    ["bytes without a token are left out", { vocab: without("Ã"), merges: [["t", "h"]] }],
  ])("gives the library's ids where %s", (_, change) => {
    const tokenizer = { ...plain, model: { ...(golden.model as JsonObject), ...change } } as JsonObject;
    const library = new LibraryTokenizer(tokenizer as never, config as never);
    const encode = createWordEncoder({ files: { tokenizer, config }, addedTokens })!;
    for (const text of ["the é 日本 other", ...randomTexts(100)]) {
      expect(encode(text), JSON.stringify(text)).toEqual(library.encode(text, { add_special_tokens: false }).ids);
    }
  });

  it("gives arrays that nobody else holds", () => {
    const encode = createWordEncoder({ files: { tokenizer: plain as JsonObject, config }, addedTokens })!;
    const first = encode("the same words");
    first.length = 0;
    expect(encode("the same words").length).toBeGreaterThan(0);
  });

  it.each([
    ["a normalizer", { normalizer: { type: "NFC" } }],
    ["a control token that eats white space", { added_tokens: [{ id: 1, content: "<s>", lstrip: true }] }],
    ["a prefix space", { pre_tokenizer: { ...byteLevel(false), add_prefix_space: true } }],
    [
      "a step after the bytes",
      { pre_tokenizer: { type: "Sequence", pretokenizers: [byteLevel(false), splitBy("a")] } },
    ],
    [
      "an unknown step",
      { pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "Metaspace" }, byteLevel(false)] } },
    ],
  ])("leaves %s to the library", (_, change) => {
    const tokenizer = { ...plain, ...change } as JsonObject;
    expect(createWordEncoder({ files: { tokenizer, config }, addedTokens })).toBeNull();
  });
});

describe("an expression of a model's files", () => {
  it("is ended where it finds no end, and the error names it", () => {
    const endless = {
      ...golden,
      pre_tokenizer: { type: "Sequence", pretokenizers: [splitBy("(a+)+$"), byteLevel(false)] },
    };
    const text = `${"a".repeat(60)}b`;
    const search = () => new LibraryTokenizer(endless as never, config as never).encode(text).ids;
    expect(() => searchByFiles(endless, text, search, 300)).toThrow(/by the pattern "\(a\+\)\+\$" without an end/);
  });
});
