import { plural } from "@/app/components/format";
import type { Outputs } from "@/app/trpc-client";
import { SKIP_REASON_WORDS } from "@/domain/labels/skip-reason";

type Stuck = NonNullable<Outputs["tasks"]["list"]["rows"][number]["stuck"]>;

const WORDS: Record<Stuck["code"], string> = {
  prompt_archived: "its prompt is archived",
  people_left: "the people whom it is for have left",
  passed_over: "skipped by everyone who could do it",
  all_asked: "everyone who could do it has labelled it, and it needs more",
};

/** Why nobody can do a task, as "skipped by everyone who could do it: 3 × the prompt is unclear". */
export function stuckText({ code, skips }: Stuck, people: number): string {
  const why = code === "people_left" && people === 1 ? "its only annotator has left" : WORDS[code];
  if (code !== "passed_over") return why;
  const reasons = skips.map(({ reason, count }) => `${count} × ${SKIP_REASON_WORDS[reason].toLowerCase()}`);
  return `${why}: ${reasons.join(", ")}`;
}

/** How many people a task is held for, in the words of a badge. */
export const heldWords = (heldBy: { name: string }[]): string =>
  heldBy.length === 1 ? `held by ${heldBy[0]?.name}` : `held by ${plural(heldBy.length, "person", "people")}`;
