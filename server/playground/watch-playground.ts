import { z } from "zod";
import { isJobFinished } from "@/domain/runs/job-status";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { generationNotFound } from "../generations/generation-row";
import { failureText } from "../jobs/failures";
import { listen } from "../jobs/listen";
import { jobChannel } from "../jobs/notify";

export interface PlaygroundState {
  /** The whole answer so far. */
  text: string;
  tokens: number;
  status: "queued" | "running" | "completed" | "failed" | "cancelled";
  /** The reason of the end: `stop`, the model ended its turn; `length`, the token limit was reached. */
  finishReason: string | null;
  /** The score by the chosen reward model: `value` and `problem` are both null as long as it is to come. */
  score: { model: { id: string; name: string }; value: number | null; problem: string | null } | null;
  activity: string | null;
  /** What went wrong and what to do. */
  error: string | null;
}

/**
 * A piece of text. `offset` is its place in the answer (in UTF-16 units), so that a piece that came before can be
 * recognised.
 */
export const playgroundMessageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), offset: z.number(), text: z.string(), tokens: z.number() }),
  z.object({ type: z.literal("state") }),
  z.object({ type: z.literal("read-again") }),
]);
export type PlaygroundMessage = z.input<typeof playgroundMessageSchema>;

/** Yields an answer as it is written: first the text so far, then the growing text. The stream ends with the answer. */
export async function* watchPlayground(
  { actor, generationId }: { actor: ProjectActor; generationId: string },
  signal: AbortSignal,
): AsyncGenerator<PlaygroundState, void> {
  const { projectId } = requireAdmin(actor);
  const playground = { projectId, generationId };
  let state = await readPlayground(playground);
  for await (const event of listen(jobChannel("generation", generationId), signal)) {
    const message = event.type === "ready" ? null : playgroundMessageSchema.parse(JSON.parse(event.payload));
    if (message?.type === "text" && message.offset <= state.text.length) {
      const text = state.text.slice(0, message.offset) + message.text;
      if (text.length <= state.text.length) continue; // the text was read from the database already
      state = { ...state, text, tokens: message.tokens, status: "running", activity: null };
    } else state = await readPlayground(playground); // the row is read at the beginning, on a change of state, and where a piece is missing
    yield state;
    if (isJobFinished(state.status)) return;
  }
}

async function readPlayground(input: { projectId: string; generationId: string }): Promise<PlaygroundState> {
  const { projectId, generationId } = input;
  const row = await database().generation.findFirst({
    where: { id: generationId, projectId, purpose: "playground" },
    include: { scoredWith: { select: { id: true, name: true } } },
  });
  if (!row) throw generationNotFound(generationId);
  return {
    text: row.outputText,
    tokens: row.outputTokens,
    status: row.status,
    finishReason: row.finishReason,
    score: row.scoredWith && { model: row.scoredWith, value: row.outputScore, problem: row.scoreProblem },
    activity: row.activity,
    error: failureText(row),
  };
}
