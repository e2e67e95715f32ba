import type { Generation, Prisma } from "@/generated/prisma/client";
import { database } from "../database/client";
import { ANSWERER_ENDED, describeJobFailure, type Failure, isRetryable, workerDied } from "../jobs/failures";
import { generationChannel, notify } from "../jobs/notify";
import { JobCancelled, MOST_ATTEMPTS } from "../jobs/stop-reasons";
import { logger } from "../logger";
import { isGenerationFinished, lockGeneration } from "./generation-row";

/** How often a generation says what happens, and looks whether it is to end. */
const LOOK_EVERY_MILLISECONDS = 500;

export interface GenerationJob {
  generation: Generation;
  signal: AbortSignal;
  say(activity: string): void;
}

/**
 * What background generations and the playground share: takes the row up, keeps it alive, does the work, and ends it.
 * `work` writes completions and marks the row completed itself.
 * @param again whether a job whose process stopped or died is taken up again
 * @throws when the job is to be taken up again
 */
export async function performGenerationJob(
  generationId: string,
  signal: AbortSignal,
  { again, work }: { again: boolean; work: (job: GenerationJob) => Promise<void> },
): Promise<void> {
  const generation = await begin(generationId);
  if (!generation) return;
  const stop = new AbortController();
  let activity: string | undefined;
  let said: string | undefined;
  const look = async () => {
    const news = activity !== said ? activity : undefined;
    said = activity;
    const { cancelRequestedAt } = await database().generation.update({
      where: { id: generationId },
      data: { heartbeatAt: new Date(), activity: news },
      select: { cancelRequestedAt: true },
    });
    if (news !== undefined) await notify(database(), generationChannel(generationId), { type: "state" });
    if (cancelRequestedAt) stop.abort(new JobCancelled());
  };
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look).catch((err) => logger.warn({ err, generationId }, "progress not written"));
  }, LOOK_EVERY_MILLISECONDS);
  const quiet = async () => {
    clearInterval(timer);
    await looking; // nothing of it may land after the end
  };
  try {
    const say = (text: string) => {
      activity = text;
    };
    await work({ generation, signal: AbortSignal.any([signal, stop.signal]), say });
    await quiet();
  } catch (error) {
    await quiet();
    const ended = { finishedAt: new Date(), activity: null };
    if (stop.signal.aborted) return await settle(generationId, { status: "cancelled", ...ended });
    if (again && signal.aborted) {
      // An orderly end is no failed attempt.
      const waiting = "waiting for the trainer to come back";
      await settle(generationId, { status: "queued", attempt: { decrement: 1 }, activity: waiting });
      throw error;
    }
    if (again && isRetryable(error)) throw error;
    if (signal.aborted) return await settle(generationId, { status: "failed", ...ended, ...errorOf(ANSWERER_ENDED) });
    logger.error({ err: error, generationId }, "generation failed");
    await settle(generationId, { status: "failed", ...ended, ...errorOf(describeJobFailure(error)) });
  } finally {
    clearInterval(timer);
  }
}

async function begin(generationId: string): Promise<Generation | undefined> {
  return database().$transaction(async (tx) => {
    const generation = await lockGeneration(tx, { generationId });
    if (isGenerationFinished(generation.status)) return undefined;
    await notify(tx, generationChannel(generationId), { type: "state" });
    const ended = { finishedAt: new Date(), activity: null };
    if (generation.cancelRequestedAt) {
      await tx.generation.update({ where: { id: generationId }, data: { status: "cancelled", ...ended } });
      return undefined;
    }
    if (generation.attempt >= MOST_ATTEMPTS) {
      const failure = errorOf(workerDied(generation.attempt));
      await tx.generation.update({ where: { id: generationId }, data: { status: "failed", ...ended, ...failure } });
      return undefined;
    }
    return tx.generation.update({
      where: { id: generationId },
      data: {
        status: "running",
        attempt: { increment: 1 },
        activity: "loading the model",
        startedAt: generation.startedAt ?? new Date(),
        heartbeatAt: new Date(),
      },
    });
  });
}

export const errorOf = (failure: Failure) => ({
  errorCode: failure.code,
  errorMessage: failure.message,
  errorHint: failure.hint,
});

/** Changes the row and tells those who watch. */
export async function settle(generationId: string, data: Prisma.GenerationUpdateInput): Promise<void> {
  await database().$transaction(async (tx) => {
    await tx.generation.update({ where: { id: generationId }, data });
    await notify(tx, generationChannel(generationId), { type: "state" });
  });
}
