import { type Method, methodOf } from "../runs/methods";
import type { Shows } from "../runs/methods/method-description";

/** A figure of a run at an optimizer step, or for PPO at an iteration. */
export interface Point {
  step: number;
  value: number;
}

/** Everything that a diagnosis is made from: all that a run has said so far, in any state of the run. */
export interface RunTrace {
  /** The method's name as RUN.json spells it. */
  method: Method;
  /** The hyperparameters in the spelling of RUN.json. */
  configuration: Readonly<Record<string, unknown>>;
  /** The figures by their names in metrics.jsonl, each with its points in order of steps. */
  series: ReadonlyMap<string, readonly Point[]>;
  /** The planned number of steps of the whole run. Without it an ensemble's members can't be told apart. */
  totalSteps?: number | null;
  /** The error that ended the run; null where none did. */
  failure?: { code: string; message: string; step: number };
  /** Lengths in characters of the preference pairs that the run trains on. */
  pairs?: PairLengths;
}

export interface PairLengths {
  count: number;
  /** The mean lengths of chosen and of rejected completions. */
  chosen: number;
  rejected: number;
  /** The share of pairs whose chosen completion is the longer one, from 0 to 1; equal lengths count for half. */
  chosenLonger: number;
}

/** Tells whether runs of this method show what is asked. */
export const shows = ({ method }: Pick<RunTrace, "method">, what: Shows): boolean =>
  methodOf(method).shows.includes(what);

export const pointsOf = (trace: RunTrace, name: string): readonly Point[] => trace.series.get(name) ?? [];

/** Reads a hyperparameter that is a number; undefined where it is anything else. */
export function numberOf(trace: RunTrace, key: string): number | undefined {
  const value = trace.configuration[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
