import { z } from "zod";
import { cancelJob } from "../jobs/cancel-job";
import { score } from "../jobs/queues/score";
import { watchJob } from "../jobs/watch-job";
import { startScoring } from "../scores/start-scoring";
import { summariseScores } from "../scores/summarise-scores";
import { projectAdmin, router } from "./trpc";

const oneScoring = z.object({ scoringId: z.uuid() });
/** A reward model and the completions that it is to score: those of all tasks, or of a prompt. */
const scope = z.object({ modelVersionId: z.uuid(), promptId: z.uuid().optional() });

export const scoresRouter = router({
  summary: projectAdmin
    .input(scope)
    .query(({ ctx, input: { modelVersionId, promptId } }) =>
      summariseScores({ actor: ctx.actor, modelVersionId, promptId }),
    ),

  start: projectAdmin
    .input(scope)
    .mutation(({ ctx, input: { modelVersionId, promptId } }) =>
      startScoring({ actor: ctx.actor, modelVersionId, promptId }),
    ),

  watch: projectAdmin
    .input(oneScoring)
    .subscription(({ ctx, input }) => watchJob(score, ctx.actor, input.scoringId, ctx.until)),

  cancel: projectAdmin.input(oneScoring).mutation(({ ctx, input }) => cancelJob(score, ctx.actor, input.scoringId)),
});
