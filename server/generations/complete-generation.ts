import type { ErrorCode } from "@/domain/error-codes";
import { database, type Transaction } from "../database/client";
import { jobChannel, notify } from "../jobs/notify";
import { generationRows } from "../jobs/queues/generation-rows";
import { makeComparisonTasks } from "./make-comparison-tasks";

/** Making many tasks takes longer than the usual five seconds. */
const LONG = { timeout: 120_000 };

/**
 * Ends a generation whose completions are written and makes the tasks that were asked for. The two generations of a next
 * round make theirs when the second of them is complete.
 * @param refused the prompts that were left out, and why
 */
export async function completeGeneration(generationId: string, refused: RefusedPrompt[] = []): Promise<void> {
  await database().$transaction(async (tx) => {
    const generation = await generationRows.lock(tx, { id: generationId });
    await tx.generation.update({
      where: { id: generationId },
      data: { status: "completed", finishedAt: new Date(), activity: null, ...describeRefused(refused) },
    });
    if (generation.makeTasks) await makeTasks(tx, generationId);
    const other = await tx.generation.findUnique({ where: { pairedWithId: generationId }, select: { id: true } });
    if (other) await makeTasks(tx, other.id);
    await notify(tx, jobChannel("generation", generationId), { type: "state" });
  }, LONG);
}

/** Makes the tasks of a generation once, as soon as it and the one it is compared with are complete. */
async function makeTasks(tx: Transaction, generationId: string): Promise<void> {
  const generation = await generationRows.lock(tx, { id: generationId });
  if (!generation.makeTasks || generation.taskCount !== null || generation.status !== "completed") return;
  if (generation.pairedWithId) {
    const paired = await tx.generation.findUniqueOrThrow({ where: { id: generation.pairedWithId } });
    if (isUnsuccessful(paired.status)) {
      await tx.generation.update({ where: { id: generationId }, data: OTHER_SIDE_MISSING });
      return;
    }
    if (paired.status !== "completed") return;
  }
  const counts = await makeComparisonTasks(tx, generation);
  await tx.generation.update({ where: { id: generationId }, data: counts });
  await notify(tx, jobChannel("generation", generationId), { type: "state" });
}

const isUnsuccessful = (status: string) => status === "failed" || status === "cancelled";

const OTHER_SIDE_MISSING = {
  errorCode: "other-side-missing" satisfies ErrorCode,
  errorMessage: "The previous model's completions were not written, so there is nothing to compare these with.",
  errorHint: "Start the next round again.",
};

export interface RefusedPrompt {
  /** The text of the prompt's last turn. */
  text: string;
  reason: string;
}

/** The number of prompts that are named, and the number of characters shown of each. */
const NAMED = 3;
const SHOWN_CHARACTERS = 60;

function describeRefused(refused: RefusedPrompt[]) {
  if (refused.length === 0) return {};
  const named = refused.slice(0, NAMED).map(({ text, reason }) => `“${shorten(text)}” (${reason})`);
  const more = refused.length > NAMED ? ` and ${refused.length - NAMED} more` : "";
  return {
    errorCode: "prompts-left-out" satisfies ErrorCode,
    errorMessage: `${refused.length} ${refused.length === 1 ? "prompt was" : "prompts were"} left out: ${named.join(", ")}${more}`,
    errorHint: null,
  };
}

function shorten(text: string): string {
  const characters = [...text.trim().replace(/\s+/g, " ")];
  return characters.length > SHOWN_CHARACTERS
    ? `${characters.slice(0, SHOWN_CHARACTERS).join("")}…`
    : characters.join("");
}
