import path from "node:path";
import { REWARD_REPORT_FILE } from "@/domain/runs/reward-report";
import type { RunConfig } from "@/domain/runs/run-config";
import type { RunEvent, RunOutput } from "@/domain/runs/run-events";
import { makeRewardReport } from "../evaluation/make-reward-report";
import { writeFileAtomically } from "../file-formats/atomic-write";
import { RunStopped } from "./run-stopped";
import { yieldProgress } from "./yield-progress";

/**
 * Examines the reward model that a run has just written, from its files as anybody will load them, and writes
 * `reward-report.json`.
 */
export async function* reportOnRewards(
  config: Pick<RunConfig, "dataset" | "validationDataset"> & { useMargins?: boolean },
  output: RunOutput,
  { outputDir, signal, skipBadRows }: { outputDir: string; signal: AbortSignal; skipBadRows?: boolean },
): AsyncGenerator<RunEvent, void> {
  const { dataset, validationDataset, useMargins = false } = config;
  yield { type: "phase", phase: "validating", message: "Examining the reward model" };
  try {
    const report = yield* yieldProgress("validating", (onProgress) =>
      makeRewardReport({
        model: output.path,
        dataset,
        useMargins,
        skipBadRows,
        onProgress,
        signal,
        ...(validationDataset === undefined ? {} : { validationDataset }),
      }),
    );
    await writeFileAtomically(path.join(outputDir, REWARD_REPORT_FILE), `${JSON.stringify(report, null, 2)}\n`);
  } catch (error) {
    if (signal.aborted) throw new RunStopped();
    throw error;
  }
}
