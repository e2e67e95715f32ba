import { z } from "zod";
import { listEvaluations } from "../evaluations/evaluation-row";
import { startEvaluation } from "../evaluations/start-evaluation";
import { cancelJob } from "../jobs/cancel-job";
import { evaluate } from "../jobs/queues/evaluate";
import { watchJob } from "../jobs/watch-job";
import { projectAdmin, router } from "./trpc";

const oneEvaluation = z.object({ evaluationId: z.uuid() });

export const evaluationsRouter = router({
  list: projectAdmin.query(({ ctx }) => listEvaluations(ctx.actor)),

  start: projectAdmin
    .input(z.object({ modelVersionId: z.uuid() }))
    .mutation(({ ctx, input }) => startEvaluation({ ...input, actor: ctx.actor })),

  watch: projectAdmin
    .input(oneEvaluation)
    .subscription(({ ctx, input }) => watchJob(evaluate, ctx.actor, input.evaluationId, ctx.until)),

  cancel: projectAdmin
    .input(oneEvaluation)
    .mutation(({ ctx, input }) => cancelJob(evaluate, ctx.actor, input.evaluationId)),
});
