import { z } from "zod";
import { createGeneration } from "../generations/create-generation";
import { getGeneration, listGenerations } from "../generations/generation-row";
import { adviseTokenLimit } from "../generations/last-round";
import { samplingSchema } from "../generations/sampling";
import { startNextRound } from "../generations/start-next-round";
import { cancelJob } from "../jobs/cancel-job";
import { generate } from "../jobs/queues/generate";
import { watchJob } from "../jobs/watch-job";
import { projectAdmin, router } from "./trpc";

const oneGeneration = z.object({ generationId: z.uuid() });
const samples = z.number().int().min(1).max(8);
const requiredLabels = z.number().int().min(1).max(50).default(1);

export const generationsRouter = router({
  create: projectAdmin
    .input(
      samplingSchema.extend({
        modelVersionId: z.uuid(),
        promptIds: z.union([z.enum(["without_completions", "all"]), z.array(z.uuid()).min(1).max(100_000)]),
        samples: samples.default(2),
        makeTasks: z.boolean().default(true),
        requiredLabels,
      }),
    )
    .mutation(({ ctx, input: { temperature, topP, maxTokens, seed, ...input } }) =>
      createGeneration({
        ...input,
        actor: ctx.actor,
        sampling: { temperature, topP, maxTokens, seed },
      }),
    ),

  nextRound: projectAdmin
    .input(
      z.object({
        modelVersionId: z.uuid(),
        previousModelVersionId: z.uuid(),
        promptCount: z.number().int().min(1).max(10_000).default(20),
        requiredLabels,
        samples: samples.default(1),
        maxTokens: samplingSchema.shape.maxTokens.unwrap().optional(),
      }),
    )
    .mutation(({ ctx, input }) => startNextRound({ ...input, actor: ctx.actor })),

  tokenLimit: projectAdmin.query(({ ctx }) => adviseTokenLimit(ctx.actor)),

  list: projectAdmin.query(({ ctx }) => listGenerations(ctx.actor)),

  get: projectAdmin
    .input(oneGeneration)
    .query(({ ctx, input }) => getGeneration({ actor: ctx.actor, generationId: input.generationId })),

  watch: projectAdmin
    .input(oneGeneration)
    .subscription(({ ctx, input }) => watchJob(generate, ctx.actor, input.generationId, ctx.until)),

  cancel: projectAdmin
    .input(oneGeneration)
    .mutation(({ ctx, input }) => cancelJob(generate, ctx.actor, input.generationId)),
});
