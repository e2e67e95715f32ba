"use client";

import { useCallback, useState } from "react";
import type { LabelTask } from "./use-task-queue";

/** What a person has done with a task. `draft` is what stood on the page, for it to stand there again. */
export type Act =
  | { kind: "answer"; task: LabelTask; draft: string; idempotencyKey: string }
  | { kind: "skip"; task: LabelTask; draft: string | null };

/** How many acts can be taken back, the last one first. */
const REMEMBERED = 20;

/** The acts of this page, oldest first. */
export function useActs() {
  const [acts, setActs] = useState<readonly Act[]>([]);
  return {
    acts,
    remember: useCallback((act: Act) => setActs((before) => [...before, act].slice(-REMEMBERED)), []),
    forget: useCallback((act: Act) => setActs((before) => before.filter((one) => one !== act)), []),
  };
}
