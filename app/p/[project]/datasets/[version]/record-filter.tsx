"use client";

import { cx } from "@/app/components/class-names";
import { formatCount } from "@/app/components/format";
import type { Inputs, Outputs } from "@/app/trpc-client";

export type RecordSelection = Pick<Inputs["datasets"]["get"], "kind" | "split">;
type Counts = Outputs["datasets"]["get"]["counts"];

const KIND_WORDS = { preference: "pairs", demonstration: "demonstrations", unpaired: "unpaired" } as const;

/** The numbers of a version by kind and split; each shows its rows. */
export function RecordFilter({
  counts,
  selection,
  onChange,
}: {
  counts: Counts;
  selection: RecordSelection;
  onChange: (selection: RecordSelection) => void;
}) {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const choices: { label: string; count: number; value: RecordSelection }[] = [
    { label: "All records", count: total, value: {} },
    ...counts.map(({ kind, split, count }) => ({
      label: `${KIND_WORDS[kind]}, ${split}`,
      count,
      value: { kind, split },
    })),
  ];
  return (
    <fieldset className="flex flex-wrap gap-1.5">
      <legend className="sr-only">Which records</legend>
      {choices.map(({ label, count, value }) => {
        const chosen = value.kind === selection.kind && value.split === selection.split;
        return (
          <button
            key={label}
            type="button"
            aria-pressed={chosen}
            onClick={() => onChange(value)}
            className={cx(
              "rounded-md border px-2.5 py-1 text-xs",
              chosen ? "border-accent bg-accent-soft text-accent" : "border-line bg-surface text-muted hover:bg-hover",
            )}
          >
            {label} <span className="font-medium">{formatCount(count)}</span>
          </button>
        );
      })}
    </fieldset>
  );
}
