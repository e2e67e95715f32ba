import { createReadStream } from "node:fs";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import { ROLLOUTS_FILE, type Rollout, rolloutSchema } from "@/domain/runs/rollouts";
import { database } from "../database/client";
import { dataPath } from "../storage/data-folder";
import { runNotFound } from "./run-row";

/** Of one iteration; those with the highest scores are given, so that an answer stays a few megabytes. */
const MOST_ROLLOUTS = 256;

export interface IterationRollouts {
  /** Those that the file has, in ascending order. Empty before the first, and of a run that writes none. */
  iterations: number[];
  /** Which one the rollouts are of; null where there is none. */
  iteration: number | null;
  /** How many it has; more than are given where there are very many. */
  count: number;
  /** Highest score first. */
  rollouts: Rollout[];
}

/**
 * What the policy wrote in one iteration of a run, the newest where none is named. The file is read through once and
 * only that iteration's rows are kept. No file, an iteration that is not there, and a last line that is still being
 * written are no errors.
 *
 * @throws DomainError `run-not-found`, `rollouts-invalid` naming file, line and field
 */
export async function readRollouts(input: {
  projectId: string;
  runId: string;
  iteration?: number | undefined;
}): Promise<IterationRollouts> {
  const { projectId, runId } = input;
  const run = await database().trainingRun.findFirst({ where: { id: runId, projectId }, select: { folder: true } });
  if (!run) throw runNotFound(runId);
  const iterations = new Set<number>();
  let iteration = input.iteration ?? null;
  let kept: { line: number; text: string }[] = [];
  for await (const row of readWholeLines(path.join(dataPath(run.folder), ROLLOUTS_FILE))) {
    const of = iterationOf(row);
    iterations.add(of);
    if (input.iteration === undefined && of > (iteration ?? 0)) {
      iteration = of;
      kept = [];
    }
    if (of === iteration) kept.push(row);
  }
  const rollouts = kept.map(parseRollout).sort((one, other) => other.score - one.score);
  return {
    iterations: [...iterations].sort((one, other) => one - other),
    iteration,
    count: rollouts.length,
    rollouts: rollouts.slice(0, MOST_ROLLOUTS),
  };
}

/** Lines with their end only: what comes after the last one is still being written. */
async function* readWholeLines(file: string): AsyncGenerator<{ line: number; text: string }> {
  let rest = "";
  let line = 0;
  try {
    for await (const chunk of createReadStream(file, { encoding: "utf8" }) as AsyncIterable<string>) {
      const texts = (rest + chunk).split("\n");
      rest = texts.pop() ?? "";
      for (const text of texts) {
        line += 1;
        if (text !== "") yield { line, text };
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** As the trainer writes it the number stands first, and the long row need not be parsed to be passed over. */
function iterationOf(row: { line: number; text: string }): number {
  const first = /^\{"iteration":(\d+),/.exec(row.text)?.[1];
  return first === undefined ? parseRollout(row).iteration : Number(first);
}

function parseRollout({ line, text }: { line: number; text: string }): Rollout {
  const parsed = rolloutSchema.safeParse(parseJson(line, text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalidRollouts(line, `${issue?.path.join(".")}: ${issue?.message}`, parsed.error);
}

function parseJson(line: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidRollouts(line, "not valid JSON", error);
  }
}

function invalidRollouts(line: number, problem: string, cause: unknown): DomainError {
  const message = `${ROLLOUTS_FILE}:${line}: ${problem}`;
  return new DomainError("rollouts-invalid", message, `The run's rollouts cannot be read: ${message}.`, cause);
}
