import type { ErrorCode } from "@/domain/error-codes";
import { type Share, wilsonInterval } from "../statistics/share";
import type { RewardReport } from "./reward-report";

/** The error code of a run that is paused because its reward model is in doubt. */
export const REWARD_IN_DOUBT = "reward-in-doubt" satisfies ErrorCode;

const CHANCE = 0.5;

/**
 * Says what speaks against training by a reward model, with the figures: the 95 % interval of its accuracy on held-out
 * pairs includes 50 %, or lies below. Null where it lies above, and where nothing was held out.
 */
export function doubtOfReward({
  accuracy: { overall },
  heldOut,
}: {
  accuracy: Pick<RewardReport["accuracy"], "overall">;
  heldOut: RewardReport["heldOut"];
}): string | null {
  const { value, low, high } = overall;
  if (heldOut.split !== "validation" || value === null || low === null || high === null || low > CHANCE) return null;
  const figures = `${percent(value)} % (${percent(low)}–${percent(high)} %)`;
  const pairs = `${overall.count} of ${overall.of} held-out ${overall.of === 1 ? "pair" : "pairs"}`;
  return `The reward model put ${pairs} in the right order, ${figures}, ${verdictOf({ high }, heldOut.prompts)}`;
}

function verdictOf({ high }: { high: NonNullable<Share["high"]> }, prompts: number): string {
  if (high < CHANCE) return "which is worse than chance, as if chosen and rejected were swapped.";
  // The pairs of one prompt count as one where all are right.
  if (wilsonInterval(1, prompts).low <= CHANCE) return "and so few pairs can't tell even a perfect model from chance.";
  return "which can't be told from chance.";
}

const percent = (share: number): number => Math.round(100 * share);
