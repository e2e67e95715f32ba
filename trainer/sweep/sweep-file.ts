import path from "node:path";
import { z } from "zod";
import { DomainError } from "@/domain/errors";
import { isJsonObject, type JsonObject, readJsonObjectIfPresent, writeJson } from "../file-formats/json-file";

const figure = z.number().nullable();

/** A row of the table. `seconds` is the wall time of all its attempts, from the start of the process to its end. */
const rowSchema = z.object({
  name: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** When the sweep is run again, a `stopped` cell goes on and a `failed` one is tried anew. */
  status: z.enum(["waiting", "running", "finished", "failed", "stopped"]),
  error: z.string().optional(),
  steps: z.number(),
  loss: figure,
  score: figure,
  bestStep: figure,
  evalLoss: figure,
  evalAccuracy: figure,
  evalMargin: figure,
  tokensPerSecond: figure,
  seconds: z.number(),
});
export type SweepRow = z.output<typeof rowSchema>;

const sweepSchema = z.object({
  run: z.record(z.string(), z.unknown()),
  records: z.string(),
  cells: z.array(rowSchema),
});

/**
 * `run` is RUN.json as it was read, with absolute paths; the cells share it except for the values of their rows.
 * `records` is a hash of its dataset and validation dataset.
 */
export type Sweep = z.output<typeof sweepSchema>;

const fileOf = (folder: string) => path.join(folder, "sweep.json");

/** Replaces the whole file at every change, so that a killed sweep knows what it has. */
export const writeSweep = (folder: string, sweep: Sweep) => writeJson(fileOf(folder), sweep);

/**
 * Reads the sweep that the folder holds; null if it holds none.
 * @throws DomainError `output-conflict` for a sweep of another run or of other records, `sweep-invalid` for a file that
 * is no sweep
 */
export async function readSweep(folder: string, run: JsonObject, records: string): Promise<Sweep | null> {
  const file = fileOf(folder);
  const found = await readJsonObjectIfPresent(file);
  if (!found) return null;
  const parsed = sweepSchema.safeParse(found);
  if (!parsed.success) {
    const key = parsed.error.issues[0]?.path.join(".") ?? "?";
    throw new DomainError(
      "sweep-invalid",
      `${file}: ${key}: is not what a sweep writes there`,
      undefined,
      parsed.error,
    );
  }
  const refuse = (what: string) =>
    new DomainError("output-conflict", `${folder}: holds a sweep of ${what}; name another folder`);
  const key = firstDifference(parsed.data.run, run);
  if (key !== null) throw refuse(`other settings (${key} differs)`);
  if (parsed.data.records !== records) throw refuse(`other records (${String(run.dataset)} was changed since)`);
  return parsed.data;
}

/** The path of the first key whose values differ, or null. */
function firstDifference(a: JsonObject, b: JsonObject): string | null {
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [left, right] = [a[key], b[key]];
    if (isJsonObject(left) && isJsonObject(right)) {
      const inner = firstDifference(left, right);
      if (inner !== null) return `${key}.${inner}`;
    } else if (JSON.stringify(left) !== JSON.stringify(right)) return key;
  }
  return null;
}
