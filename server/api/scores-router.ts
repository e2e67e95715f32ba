import { z } from "zod";
import { cancelScoring } from "../scores/cancel-scoring";
import { startScoring } from "../scores/start-scoring";
import { summariseScores } from "../scores/summarise-scores";
import { watchScoring } from "../scores/watch-scoring";
import { projectAdmin, router } from "./trpc";

const oneScoring = z.object({ scoringId: z.uuid() });
/** A reward model and what it is to score: the completions of all tasks, or of a prompt. */
const scope = z.object({ modelVersionId: z.uuid(), promptId: z.uuid().optional() });

export const scoresRouter = router({
  summary: projectAdmin
    .input(scope)
    .query(({ ctx, input: { modelVersionId, promptId } }) =>
      summariseScores({ projectId: ctx.project.id, modelVersionId, promptId }),
    ),

  start: projectAdmin
    .input(scope)
    .mutation(({ ctx, input: { modelVersionId, promptId } }) =>
      startScoring({ projectId: ctx.project.id, userId: ctx.user.id, modelVersionId, promptId }),
    ),

  watch: projectAdmin
    .input(oneScoring)
    .subscription(({ ctx, input, signal }) =>
      watchScoring({ projectId: ctx.project.id, scoringId: input.scoringId }, signal ?? new AbortController().signal),
    ),

  cancel: projectAdmin
    .input(oneScoring)
    .mutation(({ ctx, input }) => cancelScoring({ projectId: ctx.project.id, scoringId: input.scoringId })),
});
