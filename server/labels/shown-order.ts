import { createHash } from "node:crypto";

/**
 * Puts the completions of a task into the order in which a person sees them: shuffled, so that no position is favoured,
 * and always the same for the same person and task, so that a revisit shows what was there.
 *
 * The order is a Fisher–Yates shuffle on the bytes of SHA-256(annotator, task); the modulo bias of 32 bits is below
 * 1e-8.
 */
export function shownOrder(annotatorId: string, taskId: string, completionIds: readonly string[]): string[] {
  const digest = createHash("sha256").update(`${annotatorId}:${taskId}`).digest();
  const order = [...completionIds];
  for (let last = order.length - 1; last > 0; last--) {
    const draw = digest.readUInt32BE(((order.length - 1 - last) % 8) * 4) % (last + 1);
    [order[last], order[draw]] = [order[draw] as string, order[last] as string];
  }
  return order;
}
