import { describe, expect, it } from "vitest";
import { chooseNextAction, WORTH_TRAINING } from "./choose-next-action";

type Stations = Parameters<typeof chooseNextAction>[0];

const run = (status: "queued" | "running" | "completed" | "failed", critical: string[] = []): Stations["run"] => ({
  latest: { id: "r", number: 2, status, method: "dpo", step: 1, totalSteps: 9, finishedAt: null, critical },
  paused: null,
});
const paused = { id: "p", number: 1, reason: "Paused after step 1: KL explodes." };
const model = (untried: boolean): Stations["model"] => ({
  latest: { id: "m", name: "DPO run 1", createdAt: new Date(0), untried },
  count: 2,
});
const stations = (part: Partial<Stations>): Stations => ({
  prompts: { count: 9, byTaskType: [], withoutCompletions: 0 },
  tasks: { open: 0, stuck: 0, done: 0, total: 0, byKind: [] },
  labels: { count: 0, today: 0, annotators: 0 },
  dataset: { latest: null, newLabelsSince: 0 },
  run: { latest: null, paused: null },
  model: model(false),
  nextRound: { tasksOpen: 0 },
  generationActive: null,
  ...part,
});
const open = { open: 5, stuck: 0, done: 0, total: 5, byKind: [] };
const fresh = (newLabelsSince: number) => ({ latest: null, newLabelsSince });

describe("the next best action", () => {
  it.each<[string, Partial<Stations>, string]>([
    ["no prompts", { prompts: { count: 0, byTaskType: [], withoutCompletions: 0 } }, "import_prompts"],
    ["prompts alone", {}, "generate"],
    ["open tasks", { tasks: open }, "label"],
    ["enough new labels, tasks or not", { tasks: open, dataset: fresh(WORTH_TRAINING) }, "train"],
    ["few new labels and open tasks", { tasks: open, dataset: fresh(WORTH_TRAINING - 1) }, "label"],
    ["few new labels and nothing left to label", { dataset: fresh(1) }, "train"],
    ["a run at work", { run: run("running"), dataset: fresh(99) }, "watch_run"],
    ["a new model, old tasks left", { run: run("completed"), tasks: open, model: model(true) }, "next_round"],
    ["its round has tasks", { run: run("completed"), tasks: open }, "label"],
    [
      "a paused run, older than one at work",
      { run: { ...run("running"), paused }, dataset: fresh(99) },
      "decide_paused_run",
    ],
    [
      "a paused run whose verdict is critical",
      { run: { ...run("failed", ["KL explodes"]), paused } },
      "decide_paused_run",
    ],
    ["a run at work that goes wrong", { run: run("running", ["KL explodes"]), dataset: fresh(99) }, "read_diagnosis"],
    [
      "a new model of a run that went wrong",
      { run: run("completed", ["Collapse"]), model: model(true) },
      "read_diagnosis",
    ],
    ["a failed run", { run: run("failed") }, "watch_run"],
  ])("%s", (_, part, code) => {
    expect(chooseNextAction(stations(part)).code).toBe(code);
  });
});
