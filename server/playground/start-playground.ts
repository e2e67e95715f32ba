import type { z } from "zod";
import type { promptMessagesSchema } from "@/domain/messages";
import { database } from "../database/client";
import { chooseSeed, type Sampling } from "../generations/sampling";
import { sendJob } from "../jobs/send-job";
import { findLanguageModel } from "../models/find-model";

/**
 * Asks a model to answer a conversation that a person waits for.
 * @throws DomainError `model-not-found`
 */
export async function startPlayground(input: {
  projectId: string;
  userId: string;
  modelVersionId: string;
  messages: z.output<typeof promptMessagesSchema>;
  sampling: Sampling;
}): Promise<{ generationId: string }> {
  const { projectId, sampling, messages } = input;
  return database().$transaction(async (tx) => {
    const model = await findLanguageModel(tx, projectId, input.modelVersionId);
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
        activity: "waiting for the trainer",
        requestedById: input.userId,
        messages: { create: messages.map((message, position) => ({ ...message, position })) },
      },
    });
    await sendJob(tx, "playground", { id });
    return { generationId: id };
  });
}
