import type { PpoConfig } from "@/domain/runs/run-config";

/**
 * The most held-out prompts that are answered each time, the first of the data; more would take longer than an
 * iteration.
 */
export const HELD_OUT_AT_MOST = 32;

/** The held-out prompts that are answered and scored during the run. */
export const heldOutPrompts = <Prompt>(all: readonly Prompt[]): readonly Prompt[] => all.slice(0, HELD_OUT_AT_MOST);

/** Iterations between two answers to held-out prompts: `evaluateEvery`, or a fifth of the run by default. */
export const heldOutEvery = ({ evaluateEvery }: Pick<PpoConfig, "evaluateEvery">, iterations: number): number =>
  evaluateEvery ?? Math.max(1, Math.ceil(iterations / 5));
