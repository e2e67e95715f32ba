import { METHODS, type Method } from "@/domain/runs/run-config";
import type { SplitCounts } from "../datasets/preview-dataset";

/** Fewer records than this are no training set, whatever the method. */
export const FEWEST_RECORDS = 5;
/** Below this the run shows that the loop works rather than what was meant. */
export const FEW_RECORDS = 20;

export interface RecordCounts {
  pairs: SplitCounts;
  demonstrations: SplitCounts;
  unpaired: SplitCounts;
}

const LEARNS_FROM: Record<Method, { records: keyof RecordCounts; one: string; many: string; from: string }> = {
  sft: { records: "demonstrations", one: "demonstration", many: "demonstrations", from: "demonstrations" },
  reward: { records: "pairs", one: "preference pair", many: "preference pairs", from: "comparisons" },
  dpo: { records: "pairs", one: "preference pair", many: "preference pairs", from: "comparisons" },
  kto: { records: "unpaired", one: "judged completion", many: "judged completions", from: "judged completions" },
  orpo: { records: "pairs", one: "preference pair", many: "preference pairs", from: "comparisons" },
  simpo: { records: "pairs", one: "preference pair", many: "preference pairs", from: "comparisons" },
};

/** Records of the training split that a method learns from. */
export const trainingRecords = (method: Method, counts: RecordCounts): number =>
  counts[LEARNS_FROM[method].records].train;

/** What keeps this method from being run on these records, in one sentence; null where nothing does. */
export function tooFewRecords(method: Method, counts: RecordCounts): string | null {
  const { records, one, many, from } = LEARNS_FROM[method];
  const { train, validation } = counts[records];
  if (train >= FEWEST_RECORDS) return null;
  const held = validation ? ` (${validation} more ${validation === 1 ? "is" : "are"} held out for validation)` : "";
  const missing = FEWEST_RECORDS - train;
  return (
    `${method.toUpperCase()} needs at least ${FEWEST_RECORDS} ${many} to train on and there ` +
    `${train === 1 ? `is 1 ${one}` : `are ${train} ${many}`}${held}: ` +
    `${missing} more from ${from} ${missing === 1 ? "is" : "are"} needed.`
  );
}

export function listMethods(counts: RecordCounts): { method: Method; available: boolean; reason: string | null }[] {
  return METHODS.map((method) => {
    const reason = tooFewRecords(method, counts);
    return { method, available: reason === null, reason };
  });
}

/** The method for what was collected so far, and why (design: choosing a method). */
export function recommendMethod(counts: RecordCounts): { method: Method; why: string } {
  const enough = (method: Method) => tooFewRecords(method, counts) === null;
  if (!enough("dpo") && enough("sft"))
    return { method: "sft", why: "There are demonstrations and few comparisons: learn to imitate first." };
  if (!enough("dpo") && enough("kto"))
    return {
      method: "kto",
      why: "Completions were judged one by one rather than in pairs, and KTO learns from those.",
    };
  return { method: "dpo", why: "It learns from comparisons directly: quick, stable, and needs no reward model." };
}
