import type { z } from "zod";
import type { promptMessagesSchema } from "@/domain/messages";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { chooseSeed, type Sampling } from "../generations/sampling";
import { sendJob } from "../jobs/send-job";
import { findLanguageModel, findRewardModel } from "../models/find-model";

/**
 * Asks a model to answer a conversation that a person waits for, and a reward model, where one is named, to score it.
 * @throws DomainError `model-not-found`, `model-scores-nothing`
 */
export async function startPlayground(input: {
  actor: ProjectActor;
  modelVersionId: string;
  messages: z.output<typeof promptMessagesSchema>;
  sampling: Sampling;
  rewardModelId?: string;
}): Promise<{ generationId: string }> {
  const { userId, projectId } = requireAdmin(input.actor);
  const { sampling, messages } = input;
  return database().$transaction(async (tx) => {
    const model = await findLanguageModel(tx, projectId, input.modelVersionId);
    const scoredWith = input.rewardModelId && (await findRewardModel(tx, projectId, input.rewardModelId));
    const { id } = await tx.generation.create({
      data: {
        projectId,
        modelVersionId: model.id,
        purpose: "playground",
        temperature: sampling.temperature,
        topP: sampling.topP,
        maxTokens: sampling.maxTokens,
        seed: chooseSeed(sampling.seed),
        totalCount: 1,
        ...(scoredWith && { scoredWithId: scoredWith.id }),
        activity: "waiting for the trainer",
        requestedById: userId,
        messages: { create: messages.map((message, position) => ({ ...message, position })) },
      },
    });
    await sendJob(tx, "playground", { id });
    return { generationId: id };
  });
}
