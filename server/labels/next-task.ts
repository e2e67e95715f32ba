import { findOwnLease, type LeaseWish, takeLease } from "./lease-task";
import { type LabelTask, readLabelTask } from "./read-label-task";

/** The task that this person has open, else the next free one; null where nothing is left for them. */
export async function nextTask(wish: LeaseWish): Promise<LabelTask | null> {
  const lease = (await findOwnLease(wish)) ?? (await takeLease(wish));
  return lease && readLabelTask(wish.projectId, wish.userId, lease);
}
