import { z } from "zod";
import { listEvaluations } from "../evaluations/evaluation-row";
import { startEvaluation } from "../evaluations/start-evaluation";
import { cancelJob } from "../jobs/cancel-job";
import { evaluate } from "../jobs/queues/evaluate";
import { watchJob } from "../jobs/watch-job";
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
      watchJob(evaluate, { projectId: ctx.project.id, id: input.evaluationId }, signal ?? new AbortController().signal),
    ),

  cancel: projectAdmin
    .input(oneEvaluation)
    .mutation(({ ctx, input }) => cancelJob(evaluate, { projectId: ctx.project.id, id: input.evaluationId })),
});
