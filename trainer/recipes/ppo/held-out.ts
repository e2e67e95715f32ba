import type { PpoConfig } from "@/domain/runs/run-config";

/** Held-out prompts that are answered each time, the first of the data: more would take longer than an iteration. */
export const HELD_OUT_AT_MOST = 32;

/** The prompts that are answered and scored beside the run. */
export const heldOutPrompts = <Prompt>(all: readonly Prompt[]): readonly Prompt[] => all.slice(0, HELD_OUT_AT_MOST);

/** Iterations between two looks: five times a run where nothing else was asked for. */
export const heldOutEvery = ({ evaluateEvery }: Pick<PpoConfig, "evaluateEvery">, iterations: number): number =>
  evaluateEvery ?? Math.max(1, Math.ceil(iterations / 5));
