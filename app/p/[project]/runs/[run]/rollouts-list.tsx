"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import { Badge } from "@/app/components/badge";
import { Button } from "@/app/components/button";
import { cx } from "@/app/components/class-names";
import { excerpt, formatCount, formatNumber, plural } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { MessagesView } from "@/app/components/messages-view";
import { SkeletonLines } from "@/app/components/skeleton";
import { useTRPC } from "@/app/trpc-client";
import type { RolloutLine } from "./rollout";
import { RolloutTokens } from "./rollouts-tokens";

const SHOWN_AT_FIRST = 12;

/** The run and the iteration that the rollouts belong to. */
type Place = { project: string; runId: string; iteration: number };

/** One line a rollout; one at a time is open. */
export function RolloutsList({
  place,
  rollouts,
  onOpen,
}: {
  place: Place;
  rollouts: RolloutLine[];
  onOpen: () => void;
}) {
  const [open, setOpen] = useState<number | null>(null);
  const [all, setAll] = useState(false);
  const shown = all ? rollouts : rollouts.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <ol className="divide-y divide-line rounded-md border border-line" aria-label="Rollouts">
        {shown.map((rollout) => (
          <RolloutItem
            key={rollout.line}
            place={place}
            rollout={rollout}
            isOpen={open === rollout.line}
            onToggle={() => {
              setOpen(open === rollout.line ? null : rollout.line);
              onOpen();
            }}
          />
        ))}
      </ol>
      {shown.length < rollouts.length && (
        <Button size="sm" className="justify-self-start" onClick={() => setAll(true)}>
          Show all {formatCount(rollouts.length)}
        </Button>
      )}
    </>
  );
}

function RolloutItem({
  place,
  rollout,
  isOpen,
  onToggle,
}: {
  place: Place;
  rollout: RolloutLine;
  isOpen: boolean;
  onToggle: () => void;
}) {
  const id = useId();
  return (
    <li>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={onToggle}
        className="grid w-full gap-x-4 gap-y-1 px-3 py-2 text-left hover:bg-hover sm:grid-cols-[22rem_1fr]"
      >
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1 tabular-nums">
          <ChevronRight aria-hidden className={cx("size-4 text-faint", isOpen && "rotate-90")} />
          <span>
            <span className="text-muted">Score</span> <span className="font-medium">{formatNumber(rollout.score)}</span>
          </span>
          <span>
            <span className="text-muted">KL</span> {formatNumber(rollout.klSum)}
          </span>
          <span className="text-muted">{plural(rollout.length, "token")}</span>
          <Badge tone={rollout.ended ? "neutral" : "warn"}>{rollout.ended ? "ended" : "cut off"}</Badge>
        </span>
        <span className="min-w-0 text-muted [overflow-wrap:anywhere]">
          {excerpt(rollout.excerpt) || "(an empty completion)"}
        </span>
      </button>
      {isOpen && (
        <div id={id} className="border-line border-t bg-sunken px-3 py-3">
          <WholeRollout place={place} line={rollout.line} />
        </div>
      )}
    </li>
  );
}

function WholeRollout({ place, line }: { place: Place; line: number }) {
  const trpc = useTRPC();
  // The rollouts of an iteration do not change once they are written.
  const query = useQuery(trpc.runs.rollout.queryOptions({ ...place, line }, { staleTime: Number.POSITIVE_INFINITY }));
  return (
    <Loaded query={query} skeleton={<SkeletonLines />}>
      {({ prompt, tokens }) => (
        <div className="grid gap-3">
          <div>
            <h3 className="mb-1 font-medium text-faint text-xs">Prompt</h3>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
            <div className="max-h-60 overflow-auto" tabIndex={0}>
              <MessagesView messages={prompt} />
            </div>
          </div>
          <RolloutTokens tokens={tokens} />
        </div>
      )}
    </Loaded>
  );
}
