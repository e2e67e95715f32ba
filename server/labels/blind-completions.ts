import { createHash } from "node:crypto";
import { entryOf, renameCompletions } from "@/domain/labels/answer";
import { letter, type NameOf } from "@/domain/labels/completion-names";
import type { LabelSubmission } from "@/domain/labels/submission";

/**
 * An annotator must not learn which model wrote a completion. A completion's id begins with the time at which it was made,
 * and a task's own order is that in which its completions were chosen: each of the two tells. So the page gets neither.
 * What it gets instead is drawn by SHA-256 from the completion's id, whose 74 random bits never leave the server towards an
 * annotator, and is the same on every visit. No key has to be kept, or can be lost, for it (decision 24).
 */
const draw = (...parts: readonly string[]): Buffer => createHash("sha256").update(parts.join(":")).digest();

const shuffled = <One>(ones: readonly One[], drawOf: (one: One) => Buffer): One[] =>
  ones
    .map((one) => ({ one, drawn: drawOf(one) }))
    .sort((a, b) => Buffer.compare(a.drawn, b.drawn))
    .map(({ one }) => one);

/** The id by which one person's page knows a completion of one task, in the shape of a UUID of version 8. */
export function blindId(userId: string, taskId: string, completionId: string): string {
  const bytes = draw("id", userId, taskId, completionId).subarray(0, 16);
  bytes.writeUInt8(((bytes[6] ?? 0) & 0x0f) | 0x80, 6);
  bytes.writeUInt8(((bytes[8] ?? 0) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Names the completions of a task by letters that are the same for everybody and on every page. */
export function lettersOfTask(taskId: string, completionIds: readonly string[]): NameOf {
  const order = shuffled(completionIds, (id) => draw("letter", taskId, id));
  return (id) => letter(order.indexOf(id));
}

/** A completion as its annotator sees it. */
export interface BlindCompletion {
  /** The completion's id on this person's page; it is no id of the database. */
  id: string;
  /** The completion's letter, which is the same for everybody. */
  name: string;
  content: string;
  /** False where the token limit cut the text. */
  finished: boolean;
}

type Written = { id: string; content: string; finished: boolean };

/**
 * Makes what a page may know of a task's completions.
 * @param shown the completions' ids in the order in which they stood before, to be shown so again; absent, they are
 *   shuffled for the person, so that no place is favoured
 */
export function blindCompletions(
  viewer: { userId: string; taskId: string; shown?: readonly string[] },
  completions: readonly Written[],
): BlindCompletion[] {
  const { userId, taskId, shown } = viewer;
  const nameOf = lettersOfTask(
    taskId,
    completions.map(({ id }) => id),
  );
  const order = shown
    ? completions.toSorted((a, b) => shown.indexOf(a.id) - shown.indexOf(b.id))
    : shuffled(completions, ({ id }) => draw("place", userId, taskId, id));
  return order.map(({ id, content, finished }) => ({
    id: blindId(userId, taskId, id),
    name: nameOf(id),
    content,
    finished,
  }));
}

/**
 * Puts the ids of the database in the place of those that the page knew. An id that is none of the task's stays as it is,
 * for the check of the answer to refuse.
 */
export function unblind(
  userId: string,
  submission: LabelSubmission,
  completionIds: readonly string[],
): LabelSubmission {
  const real = new Map(completionIds.map((id) => [blindId(userId, submission.taskId, id), id]));
  const realId = (id: string) => real.get(id) ?? id;
  return {
    ...submission,
    ...renameCompletions(entryOf(submission), realId),
    shownOrder: submission.shownOrder.map(realId),
  };
}

/** Puts the ids of a person's page in the place of those of the database, for an answer to be looked at again. */
export const blindAnswer = (userId: string, taskId: string, answer: Parameters<typeof entryOf>[0]) =>
  renameCompletions(entryOf(answer), (id) => blindId(userId, taskId, id));
