import { ERROR_CODES } from "@/domain/error-codes";
import type { WriteText } from "@/domain/generations/write-text";
import type { Message } from "@/domain/messages";
import type { ScoreCompletions } from "@/domain/scores/score-completions";
import { storableText } from "@/domain/storable-text";
import type { Generation, Prisma } from "@/generated/prisma/client";
import { database } from "../database/client";
import { describeJobFailure } from "../jobs/failures";
import { jobChannel, notify } from "../jobs/notify";
import { performJob } from "../jobs/perform-job";
import { playground } from "../jobs/queues/playground";
import { logger } from "../logger";
import { findRewardModel } from "../models/find-model";
import { resolveModel } from "../models/resolve-model";
import type { PlaygroundMessage } from "./watch-playground";

/** The text is written often enough to read along, and seldom enough to leave the processor to the model. */
const WRITE_EVERY_MILLISECONDS = 80;

export interface PlaygroundModels {
  writeText: WriteText;
  scoreCompletions: ScoreCompletions;
}

/**
 * Answers a playground's conversation, piece by piece. The answer is not taken up again when the process stops, because
 * nobody waits then.
 */
export async function performPlayground(
  generationId: string,
  { writeText, scoreCompletions, signal }: PlaygroundModels & { signal: AbortSignal },
): Promise<void> {
  await performJob(playground, generationId, signal, {
    work: async ({ row: generation, signal: stop, say }) => {
      const [version, messages] = await Promise.all([
        database().modelVersion.findUniqueOrThrow({ where: { id: generation.modelVersionId } }),
        database().generationMessage.findMany({
          where: { generationId },
          orderBy: { position: "asc" },
          select: { role: true, content: true },
        }),
      ]);
      const answer = new GrowingAnswer(generationId);
      const { temperature, topP, maxTokens, seed } = generation;
      const events = writeText({
        model: await resolveModel(database(), version),
        prompts: [{ messages, seed }],
        samples: 1,
        temperature,
        topP,
        maxTokens,
        interactive: true,
        signal: stop,
        onActivity: say,
      });
      try {
        for await (const event of events) {
          if (event.type === "refused") {
            await settle(generationId, {
              status: "failed",
              finishedAt: new Date(),
              activity: null,
              errorCode: event.code,
              errorMessage: event.reason,
              errorHint: ERROR_CODES[event.code].hint ?? null,
            });
            return undefined;
          }
          if (event.type === "text") await answer.add(storableText(event.text), event.tokens);
          else {
            await answer.flush();
            const outputText = storableText(event.content);
            await settle(generationId, {
              activity: null,
              doneCount: 1,
              outputText,
              outputTokens: event.tokens,
              finishReason: event.finish,
            });
            const score = await scoreAnswer({ ...generation, outputText, finishReason: event.finish }, messages, {
              scoreCompletions,
              signal: stop,
              onActivity: say,
            });
            await settle(generationId, { status: "completed", finishedAt: new Date(), activity: null, ...score });
            return undefined;
          }
        }
        stop.throwIfAborted();
        throw new Error("the model ended without a completion");
      } finally {
        if (stop.aborted) await answer.flush(); // what was written before the stop stays
      }
    },
  });
}

/**
 * Lets the chosen reward model score an answer. A score that cannot be had takes nothing from the answer: the reason
 * stands in its place.
 */
async function scoreAnswer(
  { projectId, scoredWithId, outputText, finishReason }: Generation,
  prompt: readonly Message[],
  {
    scoreCompletions,
    ...more
  }: { scoreCompletions: ScoreCompletions; signal: AbortSignal; onActivity: (activity: string) => void },
): Promise<{ outputScore?: number; scoreProblem?: string }> {
  if (!scoredWithId) return {};
  try {
    const version = await findRewardModel(database(), projectId, scoredWithId);
    more.onActivity(`scoring with ${version.name}`);
    const model = await resolveModel(database(), version);
    const completions = [{ prompt, content: outputText, finished: finishReason === "stop" }];
    for await (const event of scoreCompletions({ model, completions, interactive: true, ...more }))
      return event.type === "score" ? { outputScore: event.score } : { scoreProblem: event.reason };
    throw new Error("the reward model ended without a score");
  } catch (error) {
    if (more.signal.aborted) throw error;
    logger.error({ err: error, scoredWithId }, "no score of an answer");
    return { scoreProblem: describeJobFailure(error).message };
  }
}

/** Keeps the text of an answer on the row and sends it on in pieces, both in one transaction. */
class GrowingAnswer {
  private text = "";
  private waiting = "";
  private tokens = 0;
  private writtenAt = 0;

  constructor(private readonly generationId: string) {}

  async add(text: string, tokens: number): Promise<void> {
    this.waiting += text;
    this.tokens = tokens;
    if (Date.now() - this.writtenAt >= WRITE_EVERY_MILLISECONDS) await this.flush();
  }

  async flush(): Promise<void> {
    if (!this.waiting) return;
    const { generationId: id, waiting, tokens } = this;
    const message: PlaygroundMessage = { type: "text", offset: this.text.length, text: waiting, tokens };
    this.text += waiting;
    this.waiting = "";
    this.writtenAt = Date.now();
    await database().$transaction(async (tx) => {
      await tx.generation.update({
        where: { id },
        data: { outputText: this.text, outputTokens: tokens, activity: null },
      });
      await notify(tx, jobChannel("generation", id), message);
    });
  }
}

/** Changes the row, also in what only generations have, and tells those who watch. */
async function settle(generationId: string, data: Prisma.GenerationUncheckedUpdateInput): Promise<void> {
  await database().$transaction(async (tx) => {
    await tx.generation.update({ where: { id: generationId }, data });
    await notify(tx, jobChannel("generation", generationId), { type: "state" });
  });
}
