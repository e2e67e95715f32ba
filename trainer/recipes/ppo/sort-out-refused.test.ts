import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunEvent } from "@/domain/runs/run-events";
import { loadBackend } from "../../engine/backend";
import { goldensFolder } from "../../fixtures/goldens";
import { createPpoRuns, trainedWeights, trainInTwo } from "../../fixtures/ppo-runs";

let folder: string;
let runs: Awaited<ReturnType<typeof createPpoRuns>>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-refused-"));
  runs = await createPpoRuns(folder);
  await loadBackend();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const place = (name: string) => path.join(folder, name);

/** Copies the golden reward model with a template that raises where the condition on a message m holds. */
async function pickyReward(name: string, condition: string): Promise<string> {
  const to = place(name);
  await cp(path.join(goldensFolder, "llama-reward"), to, { recursive: true });
  const file = path.join(to, "chat_template.jinja");
  const check = `{% for m in messages %}{% if ${condition} %}{{ raise_exception('not such a text') }}{% endif %}{% endfor %}`;
  await writeFile(file, check + (await readFile(file, "utf8")));
  return to;
}

const figures = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === "step" ? [event.metrics] : []));
const notices = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
const LONG = "m.role == 'assistant' and (m.content | length) > 20";

it.each(["gae", "rloo", "grpo"])(
  "counts the completions that a reward model refuses, says so once, and goes on (%s)",
  async (advantageEstimator) => {
    const rewardModel = await pickyReward(`picky-${advantageEstimator}`, LONG);
    const changes = { rewardModels: [rewardModel], rewardFunctions: [], maxSteps: 2, advantageEstimator };
    const events = await runs.train(place(`run-${advantageEstimator}`), changes);
    const shares = figures(events).map((metrics) => metrics["completions/refused"] as number);
    expect(shares).toHaveLength(2);
    for (const share of shares) {
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThan(1);
    }
    for (const metrics of figures(events)) expect(Object.values(metrics).every(Number.isFinite)).toBe(true);
    const [notice, ...more] = notices(events).filter((text) => text.includes("can't be scored"));
    expect(notice).toMatch(/^\d of 8 completions of iteration 1 can't be scored and are left out \(prompts\.jsonl:\d/);
    expect(notice).toContain(`${rewardModel}: the chat template refuses it: not such a text`);
    expect(more).toEqual([]);
    const rows = events.flatMap((event) => (event.type === "rollouts" ? [event.rollouts.length] : []));
    expect(rows).toEqual(shares.map((share) => 8 * (1 - share)));
  },
);

it("resumes to the bits of a run in one go", async () => {
  const rewardModels = [await pickyReward("picky-resumed", LONG)];
  const changes = { rewardModels, rewardFunctions: [], maxSteps: 3, checkpointEvery: 1 };
  await runs.train(place("whole"), changes);
  await trainInTwo((options) => runs.train(place("in-two"), changes, options), 2);
  expect((await trainedWeights(place("in-two"))).equals(await trainedWeights(place("whole")))).toBe(true);
});

it("leaves out prompts that a reward model refuses before the run, by line", async () => {
  const rewardModels = [await pickyReward("no-cats", "'cats' in m.content")];
  const events = await runs.train(place("prompts"), {
    rewardModels,
    rewardFunctions: [],
    maxSteps: 1,
    rolloutBatchSize: 2,
  });
  expect(events.find((event) => event.type === "resolved")).toMatchObject({
    ledger: {
      train: 3,
      leftOut: [
        {
          reason: "rewardModelRefuses",
          count: 1,
          lines: ["prompts.jsonl:1"],
          message: expect.stringContaining("not such a text"),
        },
      ],
    },
  });
  expect(figures(events)[0]?.["completions/refused"]).toBe(0);
});

it("answers held-out prompts and scores those that can be scored", async () => {
  const rewardModels = [await pickyReward("picky-held", LONG)];
  const validationDataset = await runs.write(
    "held.jsonl",
    ["snow", "wind", "tea", "ink", "rope", "sand"].map((subject) => ({
      prompt: [{ role: "user", content: `Write about ${subject}.` }],
    })),
  );
  const events = await runs.train(place("held"), { rewardModels, rewardFunctions: [], maxSteps: 1, validationDataset });
  const scores = events.flatMap((event) => (event.type === "evaluation" ? [event.metrics.evalScores] : []));
  expect(scores).toHaveLength(2);
  expect(scores.every(Number.isFinite)).toBe(true);
});

it("ends the run, with the reason and a prompt's line, where no completion is left", async () => {
  const rewardModels = [await pickyReward("picky-all", "m.role == 'assistant' and m.content != 'Yes.'")];
  const run = runs.train(place("all"), { rewardModels, rewardFunctions: [], maxSteps: 2 });
  await expect(run).rejects.toThrow(
    /^rewardModels: no completion of iteration 1 can be scored; the first, of prompts\.jsonl:\d: .*picky-all: the chat template refuses it: not such a text$/,
  );
});
