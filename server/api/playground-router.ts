import { z } from "zod";
import { promptMessagesSchema } from "@/domain/messages";
import { samplingSchema } from "../generations/sampling";
import { cancelJob } from "../jobs/cancel-job";
import { playground } from "../jobs/queues/playground";
import { startPlayground } from "../playground/start-playground";
import { watchPlayground } from "../playground/watch-playground";
import { projectAdmin, router } from "./trpc";

const oneGeneration = z.object({ generationId: z.uuid() });

export const playgroundRouter = router({
  start: projectAdmin
    .input(
      samplingSchema.extend({
        modelVersionId: z.uuid(),
        messages: promptMessagesSchema,
        rewardModelId: z.uuid().optional(),
      }),
    )
    .mutation(({ ctx, input: { temperature, topP, maxTokens, seed, ...input } }) =>
      startPlayground({
        ...input,
        actor: ctx.actor,
        sampling: { temperature, topP, maxTokens, seed },
      }),
    ),

  watch: projectAdmin
    .input(oneGeneration)
    .subscription(({ ctx, input }) =>
      watchPlayground({ actor: ctx.actor, generationId: input.generationId }, ctx.until),
    ),

  cancel: projectAdmin
    .input(oneGeneration)
    .mutation(({ ctx, input }) => cancelJob(playground, ctx.actor, input.generationId)),
});
