import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goldensFolder } from "../fixtures/goldens";
import { createPpoRuns } from "../fixtures/ppo-runs";
import { trainRun, writeRecords } from "../fixtures/train-run";

let folder: string;
let ppo: Awaited<ReturnType<typeof createPpoRuns>>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-skip-"));
  ppo = await createPpoRuns(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const model = path.join(goldensFolder, "llama");
const common = { model, batchSize: 2, maxSteps: 1, lora: { rank: 2 } };

async function resolvedOf(config: object, options: { skipBadRows?: boolean } = {}) {
  const outputDir = await mkdtemp(path.join(folder, "run-"));
  const isPpo = "method" in config && config.method === "ppo";
  const events = isPpo
    ? await ppo.train(outputDir, { ...config, maxSteps: 1 }, options)
    : (await trainRun(outputDir, { ...common, ...config }, options)).events;
  const resolved = events.find((event) => event.type === "resolved");
  if (resolved?.type !== "resolved") throw new Error("the run was not resolved");
  const warnings = resolved.warnings.filter(({ field }) => field === "keyNotRead" || field === "refusedRow");
  return { ledger: resolved.ledger, warnings: warnings.map(({ message }) => message) };
}

const demonstrations = [
  '{"prompt": "Name a soup.", "completion": "Borscht."}',
  '{"prompt": "Name a pie.", "completion": 7}',
  "{broken",
  '{"prompt": "Name a cake.", "completion": "Stollen.", "label": "maybe"}',
  '{"prompt": "Name a juice.", "completion": "Apple."}',
].join("\n");

describe("rows with a fault", () => {
  it("refuse their file, or are left out, counted and named with their lines", async () => {
    const dataset = path.join(folder, "faulty.jsonl");
    await writeFile(dataset, demonstrations);
    await expect(resolvedOf({ method: "sft", dataset })).rejects.toThrow(/^faulty\.jsonl:2: completion: /);
    const { ledger, warnings } = await resolvedOf({ method: "sft", dataset }, { skipBadRows: true });
    const lines = [2, 3, 4].map((line) => `faulty.jsonl:${line}`);
    expect(ledger).toMatchObject({ records: 5, train: 2 });
    expect(ledger.leftOut).toEqual([{ reason: "refusedRow", message: "with a fault", count: 3, lines }]);
    expect(warnings).toEqual([
      expect.stringMatching(/^Left out: faulty\.jsonl:2: completion: must be text/),
      expect.stringMatching(/^Left out: faulty\.jsonl:3: not valid JSON/),
      expect.stringMatching(/^Left out: faulty\.jsonl:4: label: is "maybe"/),
    ]);
  });

  it("of the prompts of PPO are left out alike", async () => {
    const dataset = path.join(folder, "asked-for.jsonl");
    await writeFile(
      dataset,
      ['{"prompt": "Hi"}', '{"prompt": ""}', '{"text": "no prompt"}', '{"prompt": "Ho"}'].join("\n"),
    );
    const run = {
      ...{ method: "ppo", dataset, rewardFunctions: [{ name: "length", unit: "tokens", max: 3 }], maxNewTokens: 4 },
      ...{ rolloutBatchSize: 2, minibatchSize: 2 },
    };
    await expect(resolvedOf(run)).rejects.toThrow(/^asked-for\.jsonl:2: prompt: is empty/);
    const { ledger } = await resolvedOf(run, { skipBadRows: true });
    expect(ledger).toMatchObject({ records: 4, train: 2 });
    expect(ledger.leftOut).toMatchObject([{ count: 2, lines: ["asked-for.jsonl:2", "asked-for.jsonl:3"] }]);
  });
});

describe("keys that are not read", () => {
  it("of records and of demonstrations that are mixed in are named with their count", async () => {
    const pairs = ["Hi", "Ho"].map((prompt) => ({ prompt, chosen: "Yes.", rejected: "No.", tools: [{ name: "x" }] }));
    const dataset = await writeRecords(path.join(folder, "pairs.jsonl"), pairs);
    const shown = [{ prompt: "A?", completion: "B.", chat_template_kwargs: { thinking: true } }];
    const sftDataset = await writeRecords(path.join(folder, "shown.jsonl"), shown);
    const { warnings } = await resolvedOf({ method: "dpo", dataset, sftDataset, sftMixRatio: 0.5 });
    expect(warnings).toEqual([
      "2 records carry tools, which is not read (pairs.jsonl:1, pairs.jsonl:2)",
      "1 record carries chat_template_kwargs, which is not read (shown.jsonl:1)",
    ]);
  });

  it("of texts for PPO's auxiliary loss are named as well", async () => {
    const dataset = await writeRecords(path.join(folder, "asked.jsonl"), [{ prompt: "Hi", id: 1 }]);
    const texts = [{ text: "Once upon a time.", source: "web" }];
    const auxiliaryDataset = await writeRecords(path.join(folder, "texts.jsonl"), texts);
    const { warnings } = await resolvedOf({
      ...{ method: "ppo", dataset, rewardFunctions: [{ name: "length", unit: "tokens", max: 3 }], maxNewTokens: 4 },
      ...{ rolloutBatchSize: 2, minibatchSize: 2, auxiliaryCoefficient: 0.5, auxiliaryDataset },
    });
    expect(warnings).toEqual([
      "1 record carries id, which is not read (asked.jsonl:1)",
      "1 record carries source, which is not read (texts.jsonl:1)",
    ]);
  });
});
