import { z } from "zod";
import { cancelEvaluation } from "../evaluations/cancel-evaluation";
import { listEvaluations } from "../evaluations/evaluation-row";
import { startEvaluation } from "../evaluations/start-evaluation";
import { watchEvaluation } from "../evaluations/watch-evaluation";
import { projectAdmin, router } from "./trpc";

const oneEvaluation = z.object({ evaluationId: z.uuid() });

export const evaluationsRouter = router({
  list: projectAdmin.query(({ ctx }) => listEvaluations(ctx.project.id)),

  start: projectAdmin
    .input(z.object({ modelVersionId: z.uuid() }))
    .mutation(({ ctx, input }) => startEvaluation({ ...input, projectId: ctx.project.id, userId: ctx.user.id })),

  watch: projectAdmin
    .input(oneEvaluation)
    .subscription(({ ctx, input, signal }) =>
      watchEvaluation(
        { projectId: ctx.project.id, evaluationId: input.evaluationId },
        signal ?? new AbortController().signal,
      ),
    ),

  cancel: projectAdmin
    .input(oneEvaluation)
    .mutation(({ ctx, input }) => cancelEvaluation({ projectId: ctx.project.id, evaluationId: input.evaluationId })),
});
