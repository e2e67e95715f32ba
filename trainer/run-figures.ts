import path from "node:path";
import { METRICS } from "@/domain/runs/metric-names";
import { ROLLOUT_METRICS } from "@/domain/runs/rollout-metrics";
import { jsonRows } from "./file-formats/json-rows";

/** The figures of a finished run; null for a figure that the run does not have. */
export interface RunFigures {
  /** Number of optimizer steps (PPO: iterations) done. */
  steps: number;
  /** Training loss of the last step. */
  loss: number | null;
  /** PPO only: mean score of the last iteration's completions. */
  score: number | null;
  /** The step with the lowest validation loss, and the figures of that validation. */
  bestStep: number | null;
  evalLoss: number | null;
  evalAccuracy: number | null;
  evalMargin: number | null;
  /** Real tokens of all steps ÷ seconds of all steps; loading, validation and saving are left out. */
  tokensPerSecond: number | null;
}

type Row = Record<string, number | null | undefined>;

/** Reads a run's figures out of its metrics.jsonl. */
export async function readRunFigures(outputDir: string): Promise<RunFigures> {
  const rows: Row[] = [];
  for await (const row of jsonRows<Row>(path.join(outputDir, "metrics.jsonl"))) rows.push(row);
  return figuresOf(rows);
}

export function figuresOf(rows: readonly Row[]): RunFigures {
  // Rows of steps state their tokens; rows of validations do not.
  const steps = rows.filter((row) => row.tokens !== undefined);
  const last = steps.at(-1);
  const validations = rows.filter((row) => finite(row[METRICS.evalLoss]) !== null);
  const best = validations.reduce<Row | undefined>(
    (lowest, row) => (lowest && loss(lowest) <= loss(row) ? lowest : row),
    undefined,
  );
  const seconds = sum(steps, "seconds");
  return {
    steps: last?.step ?? 0,
    loss: finite(last?.[METRICS.loss] ?? last?.[ROLLOUT_METRICS.policyLoss]),
    score: finite(last?.[ROLLOUT_METRICS.scores]),
    bestStep: best?.step ?? null,
    evalLoss: finite(best?.[METRICS.evalLoss]),
    evalAccuracy: finite(best?.[METRICS.evalAccuracy]),
    evalMargin: finite(best?.[METRICS.evalMargin]),
    tokensPerSecond: seconds > 0 ? sum(steps, "tokens") / seconds : null,
  };
}

const finite = (value: number | null | undefined) =>
  typeof value === "number" && Number.isFinite(value) ? value : null;
const loss = (row: Row) => row[METRICS.evalLoss] as number;
const sum = (rows: readonly Row[], key: string) => rows.reduce((total, row) => total + (row[key] ?? 0), 0);
