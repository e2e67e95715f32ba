import path from "node:path";
import { type JsonObject, readJsonObjectIfPresent, readTextIfPresent } from "../file-formats/json-file";
import { LINEAGE } from "../file-formats/lineage-file";

/** How a model was trained, as its run recorded it. */
export interface RunRecord {
  /** The content of run.json, resolved. */
  run: JsonObject;
  /** The content of ledger.json, which says where every record of the dataset went. */
  ledger: JsonObject | null;
  /** The last rows of metrics.jsonl: of a training step, and of a validation. */
  lastStep: JsonObject | null;
  lastValidation: JsonObject | null;
}

/**
 * Reads the record of the run that made a model or adapter: in the folder above (`DIR/run.json` for `DIR/adapter`), or
 * in the lineage.json of an export. Gives null if there is neither, for a model that Tuneloop did not train.
 */
export async function readRunRecord(folder: string): Promise<RunRecord | null> {
  const lineage = await readJsonObjectIfPresent(path.join(folder, LINEAGE));
  if (lineage) return (lineage.training as RunRecord | null | undefined) ?? null;
  const above = path.dirname(folder);
  const run = await readJsonObjectIfPresent(path.join(above, "run.json"));
  if (typeof run?.method !== "string") return null;
  const rows = parseRows(await readTextIfPresent(path.join(above, "metrics.jsonl")));
  return {
    run: withoutPlaces(run),
    ledger: withoutPlaces((await readJsonObjectIfPresent(path.join(above, "ledger.json"))) ?? {}),
    lastStep: rows.findLast((row) => "loss" in row) ?? null,
    lastValidation: rows.findLast((row) => !("loss" in row)) ?? null,
  };
}

/** Parses the rows; a run that was killed may have left half a line, which is skipped. */
function parseRows(text: string | null): JsonObject[] {
  const lines = (text ?? "").split("\n").filter((line) => line.startsWith("{") && line.endsWith("}"));
  return lines.map((line) => JSON.parse(line) as JsonObject);
}

/**
 * Shortens each absolute path to its last part, because the folders of the machine that trained are nobody else's
 * business.
 */
function withoutPlaces(record: JsonObject): JsonObject {
  const shortened = Object.entries(record).map(([key, value]) => [key, withoutPlace(value)]);
  return Object.fromEntries(shortened);
}

export function withoutPlace<Value>(value: Value): Value | string {
  return typeof value === "string" && path.isAbsolute(value) ? path.basename(value) : value;
}
