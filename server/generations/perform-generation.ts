import type { TextEvent, WriteText } from "@/domain/generations/write-text";
import type { Message } from "@/domain/messages";
import { countUnstorable, storableText } from "@/domain/storable-text";
import type { Generation } from "@/generated/prisma/client";
import { database } from "../database/client";
import { jobChannel, notify } from "../jobs/notify";
import { performJob } from "../jobs/perform-job";
import { generate } from "../jobs/queues/generate";
import { resolveModel } from "../models/resolve-model";
import { completeGeneration, type GenerationRemarks } from "./complete-generation";

/** The number of completions that are written side by side: enough to use the machine, few enough to come in often. */
const ROWS_AT_ONCE = 16;

type Written = Extract<TextEvent, { type: "completion" }>;

/**
 * Writes the completions of a queued generation. Each prompt's are committed together as soon as they are there, so an
 * interrupted generation goes on with the prompts that are missing; the same seed gives the same completions either
 * way.
 * @throws when the job is to be taken up again
 */
export async function performGeneration(
  generationId: string,
  { writeText, signal }: { writeText: WriteText; signal: AbortSignal },
): Promise<void> {
  await performJob(generate, generationId, signal, {
    work: async ({ row: generation, signal: stop, say }) => {
      const version = await database().modelVersion.findUniqueOrThrow({ where: { id: generation.modelVersionId } });
      const model = await resolveModel(database(), version);
      const remarks: GenerationRemarks = { refused: [], completionsWithReplaced: 0 };
      const atOnce = Math.max(1, Math.floor(ROWS_AT_ONCE / generation.samples));
      for (let last = -1; ; ) {
        stop.throwIfAborted();
        const batch = await nextMissing(generation, last, atOnce);
        if (batch.length === 0) break;
        last = batch.at(-1)?.position ?? last;
        const { samples, temperature, topP, maxTokens } = generation;
        const request = { samples, temperature, topP, maxTokens, interactive: false, signal: stop, onActivity: say };
        const written = new Map<number, Written[]>();
        for await (const event of writeText({ ...request, model, prompts: batch })) {
          if (event.type === "refused") {
            remarks.refused.push({ text: batch[event.prompt]?.messages.at(-1)?.content ?? "", reason: event.reason });
          }
          if (event.type !== "completion") continue;
          if (countUnstorable(event.content) > 0) remarks.completionsWithReplaced += 1;
          const all = [...(written.get(event.prompt) ?? []), event];
          written.set(event.prompt, all);
          const prompt = batch[event.prompt];
          if (prompt && all.length === samples) {
            await keepCompletions(generation, prompt.promptId, all);
            say(`writing completions with ${version.name}`);
          }
        }
      }
      stop.throwIfAborted();
      await completeGeneration(generation.id, remarks);
      return undefined; // completing has ended the row
    },
  });
}

interface MissingPrompt {
  promptId: string;
  position: number;
  messages: Message[];
  seed: number;
}

/** Reads the next prompts without all their completions, so that a generation over any number holds only these. */
async function nextMissing(generation: Generation, last: number, limit: number): Promise<MissingPrompt[]> {
  const places = await database().$queryRaw<{ promptId: string; position: number }[]>`
    SELECT gp."promptId", gp."position" FROM "GenerationPrompt" gp
    WHERE gp."generationId" = ${generation.id}::uuid AND gp."position" > ${last}::int
      AND (SELECT count(*) FROM "Completion" c
           WHERE c."generationId" = gp."generationId" AND c."promptId" = gp."promptId") < ${generation.samples}::int
    ORDER BY gp."position" LIMIT ${limit}::int`;
  const messages = await database().promptMessage.findMany({
    where: { promptId: { in: places.map(({ promptId }) => promptId) } },
    orderBy: { position: "asc" },
  });
  return places.map(({ promptId, position }) => ({
    ...{ promptId, position, seed: seedOfPrompt(generation.seed, position) },
    messages: messages.filter((one) => one.promptId === promptId).map(({ role, content }) => ({ role, content })),
  }));
}

/** Derives a prompt's own seed, so that its completions do not depend on which others are written beside it. */
export const seedOfPrompt = (seed: number, position: number): number => (seed + position * 1_000_003) % 2_147_483_647;

async function keepCompletions(generation: Generation, promptId: string, written: Written[]): Promise<void> {
  const { id, projectId, modelVersionId } = generation;
  await database().$transaction(async (tx) => {
    const { count } = await tx.completion.createMany({
      data: written.map(({ sample, content, tokens, finish }) => ({
        projectId,
        promptId,
        origin: "generation" as const,
        // A model that writes a NUL must not end the whole generation: what can't be kept is replaced, and counted.
        content: storableText(content),
        modelVersionId,
        generationId: id,
        sampleIndex: sample,
        tokenCount: tokens,
        finished: finish === "stop",
      })),
      skipDuplicates: true, // an earlier attempt may have died after its commit
    });
    // The rows are not counted anew, which would take longer with each prompt.
    await tx.generation.update({ where: { id }, data: { doneCount: { increment: count }, heartbeatAt: new Date() } });
    await notify(tx, jobChannel("generation", id), { type: "state" });
  });
}
