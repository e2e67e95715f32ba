import { ArrowDown, ArrowUp, ArrowUpDown } from "lucide-react";
import { cx } from "@/app/components/class-names";
import { excerpt } from "@/app/components/format";
import { Td, Th } from "@/app/components/table";
import type { Outputs } from "@/app/trpc-client";
import { formatScore } from "../scores/format-score";
import type { TaskFilter } from "./use-task-filter";

type Completions = Outputs["tasks"]["list"]["rows"][number]["completions"];
type Order = TaskFilter["order"];

const NEXT: Record<Order, Order> = { newest: "closest", closest: "widest", widest: "newest" };
const SORT: Record<Order, "ascending" | "descending" | "none"> = {
  newest: "none",
  closest: "ascending",
  widest: "descending",
};
const ICON = { newest: ArrowUpDown, closest: ArrowUp, widest: ArrowDown };

/** Sorts by the gap: what the model can hardly tell apart first, then what it is surest of, then by age again. */
export function GapHeading({ order, onOrder }: { order: Order; onOrder(order: Order): void }) {
  const Icon = ICON[order];
  return (
    <Th numeric aria-sort={SORT[order]}>
      <button
        type="button"
        className="inline-flex items-center gap-1 rounded-sm hover:text-ink"
        title="Highest minus lowest score. A small gap: the model can hardly tell the completions apart."
        onClick={() => onOrder(NEXT[order])}
      >
        Gap <Icon aria-hidden className="size-3" />
      </button>
    </Th>
  );
}

/** The scores of a task's completions in its own order, the highest in bold, and the gap. */
export function ScoreCells({ completions, columns }: { completions: Completions; columns: number }) {
  if (columns === 0) return null;
  const scores = completions.flatMap(({ score }) => score ?? []);
  const highest = Math.max(...scores);
  const complete = scores.length > 1 && scores.length === completions.length;
  return (
    <>
      {Array.from({ length: columns }, (_, place) => {
        const completion = completions[place];
        const score = completion?.score ?? null;
        return (
          <Td
            // biome-ignore lint/suspicious/noArrayIndexKey: cells are their places
            key={place}
            numeric
            className={cx(score === null ? "text-faint" : score === highest && complete && "font-semibold")}
            title={completion && excerpt(completion.excerpt)}
          >
            {score === null ? (completion ? "–" : "") : formatScore(score)}
          </Td>
        );
      })}
      <Td numeric className="text-muted">
        {complete ? formatScore(highest - Math.min(...scores)) : ""}
      </Td>
    </>
  );
}
