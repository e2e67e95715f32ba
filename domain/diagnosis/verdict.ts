import type { Shows } from "../runs/methods/method-description";
import type { Point, RunTrace } from "./trace";

/** The severities of a verdict, the worst first. */
export const SEVERITIES = ["critical", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One observation behind a verdict. */
export interface Evidence {
  text: string;
  /** The figure of metrics.jsonl that was read; null where the observation comes from the configuration or the data. */
  metric: string | null;
  /** The first and the last step of the region that was read; null where the figure has no steps. */
  steps: [number, number] | null;
  value: number | null;
}

/** A problem of a run: what is wrong, why we think so, and what to do. */
export interface Verdict {
  name: string;
  title: string;
  severity: Severity;
  evidence: Evidence[];
  fix: string;
}

/** The result of a check: a problem, no problem (with what was seen instead), or too little to tell. */
export type Outcome =
  | {
      state: "found";
      severity: Severity;
      evidence: Evidence[];
      fix: string;
      /**
       * The title that a person reads in place of the check's own, where the problem has a direction with a name of its
       * own.
       */
      title?: string | undefined;
    }
  | { state: "clear"; because: string }
  | { state: "undecided"; because: string };

/** One question that is asked of a run. A check is pure: the same trace gives the same outcome. */
export interface Check {
  /** The name is kebab-case and stable, because a run that was paused by a check goes on past it by this name. */
  name: string;
  title: string;
  /** The traits that a run's method must show for the check to speak of it; a method's own file says what it shows. */
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

/** Makes evidence from a region of a figure. */
export const seen = (metric: string, points: readonly Point[], value: number, text: string): Evidence => ({
  text,
  metric,
  steps: [points[0]?.step ?? 0, points.at(-1)?.step ?? 0],
  value,
});

/** Makes evidence that is no figure of the run: a hyperparameter, or the data. */
export const stated = (text: string, value: number | null = null): Evidence => ({
  text,
  metric: null,
  steps: null,
  value,
});
