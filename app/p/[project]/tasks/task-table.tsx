"use client";

import { ChevronRight } from "lucide-react";
import { Fragment, useState } from "react";
import { Badge } from "@/app/components/badge";
import { cx } from "@/app/components/class-names";
import { excerpt, formatTimeOfDay } from "@/app/components/format";
import { RelativeTime } from "@/app/components/relative-time";
import { Table, Td, Th, Tr } from "@/app/components/table";
import type { Outputs } from "@/app/trpc-client";
import { LABEL_KIND_NAMES } from "@/domain/labels/kinds";
import { GapHeading, ScoreCells } from "./score-cells";
import { heldWords, stuckText } from "./stuck-text";
import { TaskLabels } from "./task-labels";
import type { TaskFilter } from "./use-task-filter";

type Row = Outputs["tasks"]["list"]["rows"][number];

/** A page of tasks without completions has them too, so that it can be sorted. */
const FEWEST_SCORE_COLUMNS = 2;

/** How many of a task's completions the token limit cut. */
function CutBadge({ completions }: { completions: Row["completions"] }) {
  const cut = completions.filter(({ finished }) => !finished).length;
  if (cut === 0) return null;
  return (
    <span className="ml-1.5">
      <Badge title="Cut at the token limit: the model had not ended its answer.">
        {cut} of {completions.length} cut
      </Badge>
    </span>
  );
}

/** Who has the task open, and why nobody can do it. */
function TaskNotes({ row: { stuck, heldBy, annotators } }: { row: Row }) {
  return (
    <>
      {heldBy.length > 0 && (
        <span className="ml-1.5">
          <Badge
            tone="accent"
            title={heldBy.map(({ name, until }) => `${name} until ${formatTimeOfDay(until)}`).join(", ")}
          >
            {heldWords(heldBy)}
          </Badge>
        </span>
      )}
      {stuck && <span className="block text-warn text-xs">{stuckText(stuck, annotators.length)}</span>}
    </>
  );
}

/** With `scored`, a column for each completion's score and one for the gap between the highest and the lowest. */
export function TaskTable({
  rows,
  scored,
  order,
  onOrder,
}: {
  rows: Row[];
  scored: boolean;
  order: TaskFilter["order"];
  onOrder(order: TaskFilter["order"]): void;
}) {
  const [open, setOpen] = useState<string | null>(null);
  const scoreColumns = scored
    ? Math.max(FEWEST_SCORE_COLUMNS, ...rows.map(({ completions }) => completions.length))
    : 0;
  return (
    <Table>
      <thead>
        <tr>
          <Th>Prompt</Th>
          <Th>Kind</Th>
          <Th>Task type</Th>
          <Th>Completions by</Th>
          {Array.from({ length: scoreColumns }, (_, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns are their places
            <Th key={place} numeric>
              Score {place + 1}
            </Th>
          ))}
          {scored && <GapHeading order={order} onOrder={onOrder} />}
          <Th numeric>Labels</Th>
          <Th>Made</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const isOpen = open === row.id;
          return (
            <Fragment key={row.id}>
              <Tr className={cx(isOpen && "bg-hover/50")}>
                <Td className="min-w-64">
                  <button
                    type="button"
                    aria-expanded={isOpen}
                    onClick={() => setOpen(isOpen ? null : row.id)}
                    className="flex w-full items-start gap-1.5 rounded-sm text-left"
                  >
                    <ChevronRight
                      aria-hidden
                      className={cx("mt-0.5 size-4 shrink-0 text-faint transition-transform", isOpen && "rotate-90")}
                    />
                    <span className="line-clamp-2 [overflow-wrap:anywhere]">{excerpt(row.promptText, 200)}</span>
                  </button>
                </Td>
                <Td>
                  {LABEL_KIND_NAMES[row.kind]}
                  {row.annotators.length > 0 && (
                    <span className="ml-1.5">
                      <Badge title={`Only for ${row.annotators.map(({ name }) => name).join(", ")}`}>
                        for {row.annotators.length === 1 ? row.annotators[0]?.name : `${row.annotators.length} people`}
                      </Badge>
                    </span>
                  )}
                  <TaskNotes row={row} />
                </Td>
                <Td>
                  <Badge>{row.taskType}</Badge>
                </Td>
                <Td className="max-w-48 truncate text-muted text-xs" title={row.modelNames.join(", ")}>
                  {row.modelNames.join(", ") || "people"}
                  <CutBadge completions={row.completions} />
                </Td>
                <ScoreCells completions={row.completions} columns={scoreColumns} />
                <Td numeric className={cx(row.labelCount >= row.requiredLabels && "text-good")}>
                  {row.labelCount} / {row.requiredLabels}
                </Td>
                <Td className="text-muted text-xs">
                  <RelativeTime date={row.createdAt} />
                </Td>
              </Tr>
              {isOpen && (
                <tr className="border-line border-b">
                  <td colSpan={6 + (scored ? scoreColumns + 1 : 0)} className="bg-sunken/60 px-4 py-3">
                    <TaskLabels task={row} />
                  </td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </tbody>
    </Table>
  );
}
