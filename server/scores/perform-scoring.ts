import type { ErrorCode } from "@/domain/error-codes";
import type { ScoreCompletions } from "@/domain/scores/score-completions";
import { storableText } from "@/domain/storable-text";
import type { Scoring } from "@/generated/prisma/client";
import { database } from "../database/client";
import { jobChannel, notify } from "../jobs/notify";
import { performJob } from "../jobs/perform-job";
import { score } from "../jobs/queues/score";
import { resolveModel } from "../models/resolve-model";
import { keepGapsOfScores, keepMissedGaps } from "./reward-gaps";
import { type ScoringScope, unscored } from "./unscored-completions";

/** The number of scores that are committed together: few enough to see them come in. */
const SCORES_AT_ONCE = 32;

/**
 * Scores what a queued scoring asks for. It goes from completion to completion in the order of their ids and skips
 * those that have a score by this model, so an interrupted one goes on where it was, and none is scored twice.
 * @throws when the job is to be taken up again
 */
export async function performScoring(
  scoringId: string,
  { scoreCompletions, signal }: { scoreCompletions: ScoreCompletions; signal: AbortSignal },
): Promise<void> {
  await performJob(score, scoringId, signal, {
    work: async ({ row: scoring, signal: stop, say }) => {
      const version = await database().modelVersion.findUniqueOrThrow({ where: { id: scoring.modelVersionId } });
      const model = await resolveModel(database(), version);
      const refused: string[] = [];
      for (let last: string | undefined; ; ) {
        stop.throwIfAborted();
        const batch = await nextBatch(scoring, last);
        if (batch.length === 0) break;
        last = batch.at(-1)?.id;
        const scores: { completionId: string; score: number }[] = [];
        const events = scoreCompletions({
          model,
          completions: batch.map(({ content, finished, prompt }) => ({ prompt: prompt.messages, content, finished })),
          interactive: false,
          signal: stop,
          onActivity: say,
        });
        for await (const event of events) {
          const completion = batch[event.completion];
          if (!completion) throw new Error(`a score of completion ${event.completion} of ${batch.length}`);
          if (event.type === "refused") refused.push(storableText(event.reason));
          else scores.push({ completionId: completion.id, score: event.score });
        }
        await keepScores(scoring, scores);
        say(`scoring with ${version.name}`);
      }
      await keepMissedGaps(database(), scoring.projectId, scoring.modelVersionId);
      return { status: "completed", finishedAt: new Date(), activity: null, ...describeRefused(refused) };
    },
  });
}

const nextBatch = (scope: ScoringScope, last: string | undefined) =>
  database().completion.findMany({
    where: { ...unscored(scope), ...(last && { id: { gt: last } }) },
    orderBy: { id: "asc" },
    take: SCORES_AT_ONCE,
    select: {
      id: true,
      content: true,
      finished: true,
      prompt: { select: { messages: { orderBy: { position: "asc" }, select: { role: true, content: true } } } },
    },
  });

async function keepScores(scoring: Scoring, scores: { completionId: string; score: number }[]): Promise<void> {
  const { id, modelVersionId } = scoring;
  await database().$transaction(async (tx) => {
    const { count } = await tx.rewardScore.createMany({
      data: scores.map((score) => ({ ...score, modelVersionId, scoringId: id })),
      skipDuplicates: true, // another scoring by the same model was there first
    });
    await tx.scoring.update({ where: { id }, data: { doneCount: { increment: count }, heartbeatAt: new Date() } });
    await keepGapsOfScores(
      tx,
      modelVersionId,
      scores.map(({ completionId }) => completionId),
    );
    await notify(tx, jobChannel("scoring", id), { type: "state" });
  });
}

function describeRefused(refused: string[]) {
  if (refused.length === 0) return {};
  const what = refused.length === 1 ? "completion was" : "completions were";
  return {
    errorCode: "completions-left-out" satisfies ErrorCode,
    errorMessage: `${refused.length} ${what} left out: ${refused[0]}`,
    errorHint: null,
  };
}
