"use client";

import { ChevronRight } from "lucide-react";
import { Fragment, useState } from "react";
import { Badge } from "@/app/components/badge";
import { cx } from "@/app/components/class-names";
import { excerpt, formatCount } from "@/app/components/format";
import { RelativeTime } from "@/app/components/relative-time";
import { Table, Td, Th, Tr } from "@/app/components/table";
import type { Outputs } from "@/app/trpc-client";
import { PromptDetail } from "./prompt-detail";

type Row = Outputs["prompts"]["list"]["rows"][number];
type Props = { rows: Row[]; selected: ReadonlySet<string>; onSelect: (selected: ReadonlySet<string>) => void };

export function PromptTable({ rows, selected, onSelect }: Props) {
  const [open, setOpen] = useState<string | null>(null);
  const all = rows.every((row) => selected.has(row.id));
  const toggle = (ids: string[], on: boolean) => {
    const next = new Set(selected);
    for (const id of ids) on ? next.add(id) : next.delete(id);
    onSelect(next);
  };
  return (
    <Table>
      <thead>
        <tr>
          <Th className="w-8 pr-0">
            <input
              type="checkbox"
              aria-label="Select all shown"
              className="size-4 align-middle accent-accent"
              checked={all}
              onChange={(event) =>
                toggle(
                  rows.map((row) => row.id),
                  event.target.checked,
                )
              }
            />
          </Th>
          <Th>Prompt</Th>
          <Th>Task type</Th>
          <Th numeric>Completions</Th>
          <Th numeric>Tasks</Th>
          <Th numeric>Labels</Th>
          <Th>Added</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const isOpen = open === row.id;
          return (
            <Fragment key={row.id}>
              <Tr className={cx(isOpen && "bg-hover/50")}>
                <Td className="w-8 pr-0">
                  <input
                    type="checkbox"
                    aria-label={`Select: ${excerpt(lastUserTurn(row), 60)}`}
                    className="size-4 align-middle accent-accent"
                    checked={selected.has(row.id)}
                    onChange={(event) => toggle([row.id], event.target.checked)}
                  />
                </Td>
                <Td className="min-w-72">
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
                    <span className="line-clamp-2 [overflow-wrap:anywhere]">{excerpt(lastUserTurn(row), 220)}</span>
                  </button>
                </Td>
                <Td>
                  <span className="flex gap-1">
                    <Badge>{row.taskType}</Badge>
                    {row.split === "validation" && (
                      <Badge title="Held out from training, for validation">validation</Badge>
                    )}
                  </span>
                </Td>
                <Td numeric className={cx(row.completionCount === 0 && "text-faint")}>
                  {formatCount(row.completionCount)}
                </Td>
                <Td numeric className={cx(row.taskCount === 0 && "text-faint")}>
                  {formatCount(row.taskCount)}
                </Td>
                <Td numeric className={cx(row.labelCount === 0 && "text-faint")}>
                  {formatCount(row.labelCount)}
                </Td>
                <Td className="text-muted text-xs">
                  <RelativeTime date={row.createdAt} />
                </Td>
              </Tr>
              {isOpen && (
                <tr className="border-line border-b">
                  <td colSpan={7} className="bg-sunken/60 px-4 py-4">
                    <PromptDetail promptId={row.id} />
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

const lastUserTurn = (row: Row): string => row.messages.findLast((message) => message.role === "user")?.content ?? "";
