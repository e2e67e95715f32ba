import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunLedger } from "@/domain/runs/run-events";
import { generate } from "../cli/generate";
import { score } from "../cli/score";
import { loadBackend } from "../engine/backend";
import { goldensFolder } from "../fixtures/goldens";
import { trainRun, writeRecords } from "../fixtures/train-run";
import { createLanguageModels } from "../worker/language-models";

const ALTERNATING = `{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate, starting with the user') }}{% endif %}<|im_start|>{{ m['role'] }}
{{ m['content'] }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}`;
const REFUSED = "that the chat template refuses: roles must alternate, starting with the user";
const user = (content: string) => ({ role: "user" as const, content });
const assistant = (content: string) => ({ role: "assistant" as const, content });
const system = { role: "system" as const, content: "Be kind." };
let folder: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "refused-"));
  model = path.join(folder, "model");
  await cp(path.join(goldensFolder, "llama"), model, { recursive: true });
  await writeFile(path.join(model, "chat_template.jinja"), ALTERNATING);
  await loadBackend();
});
afterAll(() => rm(folder, { recursive: true }));

const prompts = [
  [user("Name a soup.")],
  [user("Hello?"), user("Name a cake.")],
  [system, user("Name a juice.")],
  [user("Name a pie.")],
];
const answers = ["Borscht.", "Stollen.", "Apple.", "Cherry."].map(assistant);

async function ledgerOf(method: string, records: object[], changes: object = {}): Promise<RunLedger> {
  const dataset = await writeRecords(path.join(folder, `${method}.jsonl`), records);
  const outputDir = await mkdtemp(path.join(folder, "run-"));
  const { events } = await trainRun(outputDir, { method, model, dataset, maxSteps: 1, batchSize: 2, ...changes });
  const resolved = events.find((event) => event.type === "resolved");
  if (resolved?.type !== "resolved") throw new Error("the run was not resolved");
  return resolved.ledger;
}

describe("records that the chat template refuses", () => {
  it.each([
    ["sft", prompts.map((prompt, i) => ({ prompt, completion: [answers[i]] })), {}],
    ["sft", prompts.map((prompt, i) => ({ prompt, completion: [answers[i]] })), { lossOn: "assistantTurns" }],
    ["dpo", prompts.map((prompt, i) => ({ prompt, chosen: [answers[i]], rejected: [assistant("No.")] })), {}],
    ["kto", prompts.map((prompt, i) => ({ prompt, completion: [answers[i]], label: i % 3 === 0 })), {}],
  ])("of %s are left out with their lines, and the rest is trained on", async (method, records, changes) => {
    const ledger = await ledgerOf(method, records, changes);
    expect(ledger.train).toBe(2);
    const lines = [`${method}.jsonl:2`, `${method}.jsonl:3`];
    expect(ledger.leftOut).toEqual([{ reason: "templateRefuses", message: REFUSED, count: 2, lines }]);
  });

  it("end a run where too few are left, with the reason", async () => {
    const records = prompts.slice(0, 3).map((prompt, i) => ({ prompt, completion: [answers[i]] }));
    await expect(ledgerOf("sft", records)).rejects.toThrow(`of 3 records 2 ${REFUSED}`);
  });

  it("are named by generate and score", async () => {
    const input = await writeRecords(
      path.join(folder, "lines.jsonl"),
      prompts.map((prompt, i) => ({ prompt, completion: [answers[i]] })),
    );
    const reason = "the chat template refuses it: roles must alternate, starting with the user";
    await expect(generate({ model, input, write: () => undefined })).rejects.toThrow(
      `lines.jsonl:2: prompt: ${reason}`,
    );
    await expect(score({ model, input, write: () => undefined })).rejects.toThrow(
      `lines.jsonl:2: prompt and completion: ${reason}`,
    );
  });

  it("are refused one by one by the worker, which writes and scores the others", async () => {
    const { writeText, scoreCompletions, dispose } = createLanguageModels();
    const common = { interactive: false, signal: new AbortController().signal, onActivity: () => undefined };
    const sampling = { samples: 1, temperature: 1, topP: 1, maxTokens: 4 };
    const asked = prompts.map((messages, seed) => ({ messages, seed }));
    const refused = {
      type: "refused",
      code: "prompt-refused",
      reason: expect.stringContaining("roles must alternate"),
    };
    const events = [];
    for await (const event of writeText({ model: { model }, prompts: asked, ...sampling, ...common })) {
      if (event.type !== "text") events.push(event);
    }
    expect(events.filter(({ type }) => type === "refused")).toEqual([
      { ...refused, prompt: 1 },
      { ...refused, prompt: 2 },
    ]);
    expect(
      events
        .filter(({ type }) => type === "completion")
        .map(({ prompt }) => prompt)
        .sort(),
    ).toEqual([0, 3]);

    const reward = path.join(folder, "reward");
    await cp(path.join(goldensFolder, "llama-reward"), reward, { recursive: true });
    await writeFile(path.join(reward, "chat_template.jinja"), ALTERNATING);
    const completions = prompts.map((prompt) => ({ prompt, content: "Yes.", finished: true }));
    const scored = [];
    for await (const event of scoreCompletions({ model: { model: reward }, completions, ...common }))
      scored.push(event);
    expect(scored.filter(({ type }) => type === "score").map(({ completion }) => completion)).toEqual([0, 3]);
    await dispose();
  });
});
