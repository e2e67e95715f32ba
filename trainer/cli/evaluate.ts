import type { CapabilityResult } from "@/domain/evaluation/capability-suite";
import { SUITE_NAMES, type SuiteName, suiteOf } from "@/domain/evaluation/suites";
import { loadBackend } from "../engine/backend";
import { evaluateCapability } from "../evaluation/evaluate-capability";
import { type LoadModelOptions, loadModel } from "../models/load-model";

export interface EvaluateCommand extends Pick<LoadModelOptions, "adapter" | "onProgress" | "signal"> {
  model: string;
  /** The suites to run; default all of them. */
  suites?: SuiteName[];
  /** Writes one JSON line a suite, with every answer, instead of a line for people. */
  json?: boolean;
  /** Takes one line of output, without its line end. */
  write: (line: string) => void;
}

/** `evaluate`: the share of right answers in each suite, with its 95 % interval. */
export async function evaluate({ model: ref, suites, json, write, ...options }: EvaluateCommand): Promise<void> {
  await loadBackend();
  const loaded = await loadModel(ref, { ...options, name: "evaluated", mergeAdapter: true });
  try {
    for (const name of suites ?? SUITE_NAMES) {
      options.signal?.throwIfAborted();
      const result = await evaluateCapability(loaded, suiteOf(name));
      write(json ? JSON.stringify(result) : describe(result));
    }
  } finally {
    loaded.model.dispose();
  }
}

function describe({ suite, accuracy: { count, of, value, low, high } }: CapabilityResult): string {
  const percent = (share: number | null) => `${Math.round(100 * (share ?? 0))} %`;
  return `${suite}: ${count} of ${of} right, ${percent(value)} (${percent(low)} – ${percent(high)})`;
}
