import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goldensFolder } from "../fixtures/goldens";
import { inspectModel } from "./inspect-model";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "inspect-"));
});
afterAll(() => rm(folder, { recursive: true }));

const golden = (name: string) => path.join(goldensFolder, name);
const read = (model: string, adapter?: string) =>
  inspectModel({
    model: { model, ...(adapter !== undefined && { adapter }) },
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
const textsOf = async (model: string, adapter?: string) =>
  Object.fromEntries((await read(model, adapter)).map(({ about, text }) => [about, text]));

describe("inspectModel", () => {
  it("says what a Llama is made of", async () => {
    expect(await textsOf(golden("llama3"))).toEqual({
      Shape: "Llama, 3 layers, 64 wide, 4 heads (2 for keys and values), a context of 512 tokens",
      Positions: "rotary, base 5,000, stretched by llama3 (factor 8, from 64 positions)",
      "Output head": "the embeddings, which it is tied to",
      Vocabulary: "512 tokens, embeddings for 512",
      "Ends of a completion": "<|im_end|> (2)",
      "Chat template": "present",
      Licence: "not stated by its files",
    });
  });

  it("says what an adapter adds to its base", async () => {
    const facts = await textsOf(golden("llama"), golden("llama-lora"));
    expect(facts.Adapter).toBe("rank 8, alpha 16, on down_proj, gate_proj, k_proj, o_proj, q_proj, up_proj, v_proj");
    expect((await textsOf(golden("llama-reward")))["Output head"]).toBe("one score, read at the last token");
  });

  it("tells what was taken where files leave a choice, and the template's own system turn", async () => {
    const copy = path.join(folder, "choices");
    await cp(golden("gpt2"), copy, { recursive: true });
    const template = await readFile(path.join(copy, "chat_template.jinja"), "utf8");
    const lead =
      "{% if messages[0].role != 'system' %}<|im_start|>system\nIt is {{ strftime_now('%Y') }}.<|im_end|>\n{% endif %}";
    await writeFile(path.join(copy, "chat_template.jinja"), lead + template);
    const settings = path.join(copy, "tokenizer_config.json");
    const raw = JSON.parse(await readFile(settings, "utf8"));
    await writeFile(settings, JSON.stringify({ ...raw, chat_template: "older", eos_token: "</s>" }));
    const config = path.join(copy, "config.json");
    await writeFile(config, JSON.stringify({ ...JSON.parse(await readFile(config, "utf8")), eos_token_id: 0 }));
    await rm(path.join(copy, "generation_config.json"));
    const facts = await read(copy);
    expect(facts.filter(({ isNotice }) => isNotice).map(({ text }) => text)).toEqual([
      "chat_template.jinja and tokenizer_config.json hold different chat templates; chat_template.jinja is used, as transformers does",
      "its tokenizer calls </s> its eos_token, but has no such token: it is ignored",
      "its chat template ends an answer with <|im_end|> (2), which none of its files names as an end: it ends a completion as well",
      "its chat template asks for the date and is always given 26 July 2024, so that a text is the same on every day",
    ]);
    const texts = Object.fromEntries(facts.map(({ about, text }) => [about, text]));
    expect(texts["System turn"]).toBe(
      'the chat template writes "It is 2024." before a conversation that has no system turn',
    );
    expect(texts["Ends of a completion"]).toBe("<|endoftext|> (0), <|im_end|> (2)");
    expect(texts.Positions).toBe("learned");
  });

  it("throws what keeps a model from being used, with file and key", async () => {
    await expect(read("/no/such/place")).rejects.toThrow("/no/such/place: is not a model");
  });
});
