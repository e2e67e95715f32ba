import { z } from "zod";
import { isJobFinished } from "@/domain/runs/job-status";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { generationNotFound } from "../generations/generation-row";
import { failureText } from "../jobs/failures";
import { listen } from "../jobs/listen";
import { jobChannel } from "../jobs/notify";

export interface PlaygroundState {
  /** All of the answer so far. */
  text: string;
  tokens: number;
  status: "queued" | "running" | "completed" | "failed" | "cancelled";
  /** `stop`: the model ended its turn; `length`: the token limit did. */
  finishReason: string | null;
  /** By the reward model that was chosen: null of `value` and `problem` alike as long as the score is to come. */
  score: { model: { id: string; name: string }; value: number | null; problem: string | null } | null;
  activity: string | null;
  /** What went wrong and what to do. */
  error: string | null;
}

/** `offset` is where in the answer (in UTF-16 units) the text belongs, so that a piece that came before is known by it. */
export const playgroundMessageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), offset: z.number(), text: z.string(), tokens: z.number() }),
  z.object({ type: z.literal("state") }),
  z.object({ type: z.literal("read-again") }),
]);
export type PlaygroundMessage = z.input<typeof playgroundMessageSchema>;

/** An answer as it is written: first what there is, then the growing text. Ends with it. */
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
      if (text.length <= state.text.length) continue; // read from the database already
      state = { ...state, text, tokens: message.tokens, status: "running", activity: null };
    } else state = await readPlayground(playground); // at the beginning, on a change of state, and where a piece is missing
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
