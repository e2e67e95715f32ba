import type { Shows } from "../runs/methods/method-description";
import type { Point, RunTrace } from "./trace";

/** The worst first. */
export const SEVERITIES = ["critical", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One observation behind a verdict. */
export interface Evidence {
  text: string;
  /** The figure that it was read from, as in metrics.jsonl; null where it comes from the configuration or the data. */
  metric: string | null;
  /** First and last step of the region that was read; null where the figure has no steps. */
  steps: [number, number] | null;
  value: number | null;
}

/** Something that is wrong with a run, why we think so, and what to do. */
export interface Verdict {
  name: string;
  title: string;
  severity: Severity;
  evidence: Evidence[];
  fix: string;
}

/** What came of looking: a problem, no problem (and what was seen instead), or too little to tell. */
export type Outcome =
  | {
      state: "found";
      severity: Severity;
      evidence: Evidence[];
      fix: string;
      /** What the person reads in place of the check's title, where the direction of what was found has its own name. */
      title?: string | undefined;
    }
  | { state: "clear"; because: string }
  | { state: "undecided"; because: string };

/** One question that is asked of a run. Pure: the same trace gives the same outcome. */
export interface Check {
  /** Kebab-case and stable: a run that was paused for it goes on past it by this name. */
  name: string;
  title: string;
  /** What a run's method must show for the check to speak of it; a method says in its own file what it shows. */
  speaksOf: Shows | "every run";
  examine(trace: RunTrace): Outcome;
}

export const found = (severity: Severity, evidence: Evidence[], fix: string): Extract<Outcome, { state: "found" }> => ({
  state: "found",
  severity,
  evidence,
  fix,
});
export const clear = (because: string): Outcome => ({ state: "clear", because });
export const undecided = (because: string): Outcome => ({ state: "undecided", because });

/** Evidence from a region of a figure. */
export const seen = (metric: string, points: readonly Point[], value: number, text: string): Evidence => ({
  text,
  metric,
  steps: [points[0]?.step ?? 0, points.at(-1)?.step ?? 0],
  value,
});

/** Evidence that is no figure of the run: a hyperparameter, the data. */
export const stated = (text: string, value: number | null = null): Evidence => ({
  text,
  metric: null,
  steps: null,
  value,
});
