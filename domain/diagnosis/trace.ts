import { type Method, methodOf } from "../runs/methods";
import type { Shows } from "../runs/methods/method-description";

/** A figure of a run at an optimizer step, or for PPO at an iteration. */
export interface Point {
  step: number;
  value: number;
}

/** What a diagnosis is made from: all that a run has said so far, in any state of the run. */
export interface RunTrace {
  /** As in RUN.json. */
  method: Method;
  /** The hyperparameters in the spelling of RUN.json. */
  configuration: Readonly<Record<string, unknown>>;
  /** Each figure by its name in metrics.jsonl, its points in order of steps. */
  series: ReadonlyMap<string, readonly Point[]>;
  /** Steps of the whole run, as planned; where it is not known yet, an ensemble's members can't be told apart. */
  totalSteps?: number | null;
  /** The error that ended the run, where one did. */
  failure?: { code: string; message: string; step: number };
  /** Of the preference pairs that the run trains on, lengths in characters. */
  pairs?: PairLengths;
}

export interface PairLengths {
  count: number;
  /** Mean length of chosen and of rejected completions. */
  chosen: number;
  rejected: number;
  /** Share of pairs whose chosen completion is the longer one, 0 to 1; equal lengths count for half. */
  chosenLonger: number;
}

/** Whether runs of this method show what is asked. */
export const shows = ({ method }: Pick<RunTrace, "method">, what: Shows): boolean =>
  methodOf(method).shows.includes(what);

export const pointsOf = (trace: RunTrace, name: string): readonly Point[] => trace.series.get(name) ?? [];

/** A hyperparameter that is a number; undefined where it is anything else. */
export function numberOf(trace: RunTrace, key: string): number | undefined {
  const value = trace.configuration[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
