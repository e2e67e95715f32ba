import { isUnderWay } from "@/domain/runs/job-status";
import type { Stations } from "./stations";

export interface NextAction {
  code:
    | "decide_paused_run"
    | "read_diagnosis"
    | "import_prompts"
    | "generate"
    | "label"
    | "free_stuck_tasks"
    | "train"
    | "watch_run"
    | "next_round"
    | "compare_models";
  /** The number that the action is about: prompts without completions, open tasks, new labels. */
  count?: number;
}

/** From this many new labels on a training run is worth its time, and sooner where nothing is left to label. */
export const WORTH_TRAINING = 20;

/**
 * Chooses the one next best action: first a run that waits for a person or goes wrong, then, where the loop stands
 * still, the first station that can move it on.
 */
export function chooseNextAction(stations: Stations): NextAction {
  const { prompts, tasks, dataset, run, model, generationActive } = stations;
  if (run.paused) return { code: "decide_paused_run" };
  if (run.latest?.critical.length) return { code: "read_diagnosis" };
  if (isUnderWay(run.latest?.status ?? "")) return { code: "watch_run" };
  if (prompts.count === 0) return { code: "import_prompts" };
  const fresh = dataset.newLabelsSince;
  if (fresh >= WORTH_TRAINING || (fresh > 0 && tasks.open === 0 && !generationActive))
    return { code: "train", count: fresh };
  // A new model that nobody has compared yet tells more than the old one's remaining tasks.
  if (model.latest?.untried && !generationActive) return { code: "next_round" };
  if (tasks.open > 0) return { code: "label", count: tasks.open };
  if (tasks.stuck > 0) return { code: "free_stuck_tasks", count: tasks.stuck };
  if (run.latest?.status === "completed") return { code: generationActive ? "compare_models" : "next_round" };
  if (run.latest?.status === "failed") return { code: "watch_run" }; // the run's page says why, and what to do
  return { code: "generate", count: prompts.withoutCompletions };
}
