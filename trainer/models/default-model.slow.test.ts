import { readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { reasonOf } from "../file-formats/file-errors";
import { renderChat } from "../tokenizer/chat-template";
import { DEFAULT_MODEL } from "./catalogue";
import { loadModelFiles, type ModelFiles } from "./load-model-files";

interface Golden {
  question: string;
  text: string;
  ids: number[];
  greedy: number[];
  greedy_text: string;
}

let files: ModelFiles | null = null;
let golden: Golden[];
beforeAll(async () => {
  const results = path.join(import.meta.dirname, "../fixtures/goldens/smollm2-forward.json");
  golden = JSON.parse(await readFile(results, "utf8"));
  files = await loadModelFiles(DEFAULT_MODEL).catch((error: unknown) => {
    console.warn(`Skipped: ${DEFAULT_MODEL} cannot be had here (${reasonOf(error)})`);
    return null;
  });
});

describe("the default base model", () => {
  it("has the architecture of SmolLM2-135M", ({ skip }) => {
    if (!files) return skip();
    expect(files.config).toMatchObject({
      family: "llama",
      layers: 30,
      hiddenSize: 576,
      heads: 9,
      keyValueHeads: 3,
      vocabSize: 49152,
      ropeTheta: 100000,
      tieWordEmbeddings: true,
    });
    const parameters = [...files.tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
    expect(parameters).toBe(134_515_008);
  });

  it("writes and reads text as transformers does", ({ skip }) => {
    if (!files) return skip();
    const { tokenizer, chatTemplate } = files;
    for (const { question, text, ids, greedy, greedy_text } of golden) {
      const prompt = [{ role: "user" as const, content: question }];
      expect(renderChat(chatTemplate, prompt, { addGenerationPrompt: true })).toBe(text);
      expect(tokenizer.encode(text)).toEqual(ids);
      expect(tokenizer.decode(greedy)).toBe(greedy_text);
    }
  });
});
