import type { ErrorCode } from "@/domain/error-codes";
import { database, type Transaction } from "../database/client";
import { jobChannel, notify } from "../jobs/notify";
import { generationRows } from "../jobs/queues/generation-rows";
import { makeComparisonTasks } from "./make-comparison-tasks";

/** What a person is told of a generation that is complete. */
export interface GenerationRemarks {
  /** The prompts that were left out, and why. */
  refused: RefusedPrompt[];
  /** The number of completions in which characters that can't be kept were replaced. */
  completionsWithReplaced: number;
}

/** Making many tasks takes longer than the usual five seconds. */
const LONG = { timeout: 120_000 };

/**
 * Ends a generation whose completions are written and makes the tasks that were asked for. The two generations of a next
 * round make theirs when the second of them is complete.
 */
export async function completeGeneration(generationId: string, remarks?: GenerationRemarks): Promise<void> {
  await database().$transaction(async (tx) => {
    const generation = await generationRows.lock(tx, { id: generationId });
    await tx.generation.update({
      where: { id: generationId },
      data: { status: "completed", finishedAt: new Date(), activity: null, ...(remarks && describeRemarks(remarks)) },
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

function describeRemarks({ refused, completionsWithReplaced }: GenerationRemarks) {
  const sentences = [describeRefused(refused), describeReplaced(completionsWithReplaced)].filter((one) => one !== null);
  if (sentences.length === 0) return {};
  const code: ErrorCode = refused.length > 0 ? "prompts-left-out" : "characters-replaced";
  return { errorCode: code, errorMessage: sentences.join(". "), errorHint: null };
}

/** @returns null where every completion is as the model wrote it */
function describeReplaced(completions: number): string | null {
  if (completions === 0) return null;
  const subject = completions === 1 ? "1 completion" : `${completions} completions`;
  return `In ${subject} the model wrote NUL characters, which can't be kept: a replacement character (\uFFFD) stands for each`;
}

/** @returns null where no prompt was left out */
function describeRefused(refused: RefusedPrompt[]): string | null {
  if (refused.length === 0) return null;
  const named = refused.slice(0, NAMED).map(({ text, reason }) => `“${shorten(text)}” (${reason})`);
  const more = refused.length > NAMED ? ` and ${refused.length - NAMED} more` : "";
  return `${refused.length} ${refused.length === 1 ? "prompt was" : "prompts were"} left out: ${named.join(", ")}${more}`;
}

function shorten(text: string): string {
  const characters = [...text.trim().replace(/\s+/g, " ")];
  return characters.length > SHOWN_CHARACTERS
    ? `${characters.slice(0, SHOWN_CHARACTERS).join("")}…`
    : characters.join("");
}
