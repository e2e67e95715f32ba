import { completeRunConfig } from "@/domain/runs/complete-run-config";
import { rangeWarnings } from "@/domain/runs/range-warnings";
import type { CompleteRunConfig, RunConfig } from "@/domain/runs/run-config";
import type { RunEvent, RunLedger } from "@/domain/runs/run-events";
import type { ScheduledBatch } from "../data/batch-schedule";
import type { RecipeRun } from "./recipe";

/** Fills what the configuration left open, now that the examples are counted, and says what was chosen and why. */
export async function* resolveRun<Config extends CompleteRunConfig>(
  run: Pick<RecipeRun, "backend"> & { config: RunConfig },
  ledger: RunLedger,
  schedule: (config: Config) => ScheduledBatch[],
): AsyncGenerator<RunEvent, Config> {
  const device = run.backend.kind === "gpu" ? "gpu" : "cpu";
  const { config, reasons } = completeRunConfig(run.config, { examples: ledger.train, device });
  const warnings = rangeWarnings(config, ledger.train);
  // The schema of the method decides the configuration's type; completing it adds only what all methods have.
  const complete = config as CompleteRunConfig as Config;
  yield { type: "resolved", config, ledger, reasons, warnings, totalSteps: schedule(complete).length };
  return complete;
}
