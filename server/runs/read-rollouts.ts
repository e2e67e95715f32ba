import path from "node:path";
import { DomainError } from "@/domain/errors";
import { ROLLOUTS_FILE, type Rollout, rolloutSchema } from "@/domain/runs/rollouts";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { dataPath } from "../storage/data-folder";
import { type IterationPlace, indexRollouts, readPlace } from "./rollout-index";
import { runNotFound } from "./run-row";

/** The most rollouts of an iteration that are given: those with the highest scores. */
const MOST_ROLLOUTS = 512;
/** The characters of a completion in the list; the whole is asked for by its line. */
const EXCERPT_CHARACTERS = 300;

/** A rollout in the list of its iteration. */
export interface RolloutLine {
  /** The line in the run's file, from 1, by which the whole rollout is asked for. */
  line: number;
  score: number;
  klSum: number;
  length: number;
  ended: boolean;
  /** The beginning of the completion. */
  excerpt: string;
  /** The beginning of the last message of the prompt. */
  promptExcerpt: string;
}

export interface IterationRollouts {
  /** The iterations that the file has, in ascending order. Empty before the first, and for a run that writes none. */
  iterations: number[];
  /** The iteration of the given rollouts; null where there is none. */
  iteration: number | null;
  /** The number of rollouts in the iteration; not all are given where there are very many. */
  count: number;
  /** The rollouts, highest score first. */
  rollouts: RolloutLine[];
}

/**
 * Reads what the policy wrote in one iteration of a run, the newest where none is named. Only that iteration's bytes
 * are read. No file, an iteration that is not there, and a last line that is still being written are no errors.
 *
 * @throws DomainError `run-not-found`, `rollouts-invalid` naming file, line and field
 */
export async function readRollouts(input: {
  actor: ProjectActor;
  runId: string;
  iteration?: number | undefined;
}): Promise<IterationRollouts> {
  const file = await rolloutFile(input);
  const places = await indexRollouts(file, notNamed);
  const iteration = input.iteration ?? places.at(-1)?.iteration ?? null;
  const place = places.find((one) => one.iteration === iteration);
  const rollouts = (place ? await readRows(file, place) : []).sort((one, other) => other.score - one.score);
  return {
    iterations: places.map((one) => one.iteration),
    iteration,
    count: rollouts.length,
    rollouts: rollouts.slice(0, MOST_ROLLOUTS).map(({ line, score, klSum, length, ended, completion, prompt }) => ({
      line,
      score,
      klSum,
      length,
      ended,
      excerpt: completion.slice(0, EXCERPT_CHARACTERS),
      promptExcerpt: (prompt.at(-1)?.content ?? "").slice(0, EXCERPT_CHARACTERS),
    })),
  };
}

/**
 * Reads one rollout with all its tokens.
 * @throws DomainError `run-not-found`, `rollout-not-found`, `rollouts-invalid`
 */
export async function readRollout(input: {
  actor: ProjectActor;
  runId: string;
  iteration: number;
  line: number;
}): Promise<Rollout> {
  const { iteration, line } = input;
  const file = await rolloutFile(input);
  const place = (await indexRollouts(file, notNamed)).find((one) => one.iteration === iteration);
  const row = place && (await readPlace(file, place)).find((one) => one.line === line);
  if (row) return parseRollout(row);
  throw new DomainError(
    "rollout-not-found",
    `no rollout in line ${line} of iteration ${iteration}`,
    "This rollout is no longer in the run's folder. Choose another one.",
  );
}

async function rolloutFile({ actor, runId }: { actor: ProjectActor; runId: string }): Promise<string> {
  const { projectId } = requireAdmin(actor);
  const run = await database().trainingRun.findFirst({ where: { id: runId, projectId }, select: { folder: true } });
  if (!run) throw runNotFound(runId);
  return path.join(dataPath(run.folder), ROLLOUTS_FILE);
}

const readRows = async (file: string, place: IterationPlace): Promise<(Rollout & { line: number })[]> =>
  (await readPlace(file, place)).map((row) => ({ ...parseRollout(row), line: row.line }));

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

const notNamed = (line: number) => invalidRollouts(line, 'does not begin with its "iteration"');

function invalidRollouts(line: number, problem: string, cause?: unknown): DomainError {
  const message = `${ROLLOUTS_FILE}:${line}: ${problem}`;
  return new DomainError("rollouts-invalid", message, `The run's rollouts cannot be read: ${message}.`, cause);
}
