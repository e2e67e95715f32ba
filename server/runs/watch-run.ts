import { z } from "zod";
import { isFinished } from "@/domain/runs/run-status";
import type { ProjectActor } from "../access/actor";
import { listen } from "../jobs/listen";
import { jobChannel } from "../jobs/notify";
import { type LogLine, readLog, readThinned, type ThinnedSeries } from "./run-figures";
import { getRun, type RunRow } from "./run-row";

export type RunWatchEvent =
  /**
   * The whole state, from the database. The event comes first and after a lost connection, and replaces what was known.
   */
  | { type: "snapshot"; run: RunRow; metrics: ThinnedSeries[]; log: LogLine[] }
  | { type: "state"; run: RunRow }
  | { type: "metrics"; step: number; values: Record<string, number> }
  | { type: "log"; line: LogLine }
  /** The rollouts of an iteration are in the run's folder. */
  | { type: "rollouts"; iteration: number };

/** The messages of the worker on a run's channel. */
export const runMessageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("state") }),
  z.object({ type: z.literal("metrics"), step: z.number(), values: z.record(z.string(), z.number()) }),
  z.object({
    type: z.literal("log"),
    line: z.object({ id: z.string(), level: z.string(), message: z.string(), createdAt: z.coerce.date() }),
  }),
  z.object({ type: z.literal("rollouts"), iteration: z.number() }),
  z.object({ type: z.literal("read-again") }),
]);
export type RunMessage = z.input<typeof runMessageSchema>;

/**
 * Yields a run as it goes: first the present state, then what changes. The stream ends with the run. Listening begins
 * before the state is read, so that nothing falls between; a figure may come twice and is recognised by its step.
 */
export async function* watchRun(
  { actor, runId }: { actor: ProjectActor; runId: string },
  signal: AbortSignal,
): AsyncGenerator<RunWatchEvent, void> {
  await getRun({ actor, runId });
  for await (const event of listen(jobChannel("run", runId), signal)) {
    const message = event.type === "ready" ? { type: "read-again" as const } : parse(event.payload);
    if (message.type === "metrics" || message.type === "log" || message.type === "rollouts") {
      yield message;
      continue;
    }
    const run = await getRun({ actor, runId });
    if (message.type === "read-again" || isFinished(run.status)) {
      const [metrics, log] = await Promise.all([readThinned(runId), readLog(runId)]);
      yield { type: "snapshot", run, metrics, log };
    } else yield { type: "state", run };
    if (isFinished(run.status)) return;
  }
}

function parse(payload: string): z.output<typeof runMessageSchema> {
  return runMessageSchema.parse(JSON.parse(payload));
}
