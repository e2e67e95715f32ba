"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Select } from "@/app/components/form-fields";
import { formatCount, plural } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { Panel } from "@/app/components/panel";
import { SkeletonLines } from "@/app/components/skeleton";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPC } from "@/app/trpc-client";
import { isFinished } from "@/domain/runs/run-status";
import type { IterationRollouts } from "./rollout";
import { RolloutsList } from "./rollouts-list";

/** What the policy wrote in one iteration, and what each token was given for it. The run's events bring the next one. */
export function RolloutsPanel({ runId, status }: { runId: string; status: string }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const over = isFinished(status);
  /** Null follows the newest. */
  const [iteration, setIteration] = useState<number | null>(null);
  const query = useQuery({
    ...trpc.runs.rollouts.queryOptions({ project, runId, ...(iteration !== null && { iteration }) }),
    placeholderData: keepPreviousData,
  });
  return (
    <Panel
      title="Rollouts"
      actions={
        query.data && query.data.iterations.length > 0 ? (
          <IterationChoice iterations={query.data.iterations} iteration={iteration} onChange={setIteration} />
        ) : null
      }
    >
      <Loaded query={query} skeleton={<SkeletonLines />}>
        {(data) =>
          data.rollouts.length === 0 ? (
            <p className="text-muted">{whyNone(data, over)}</p>
          ) : (
            <div className="grid gap-2" aria-busy={query.isPlaceholderData}>
              <p className="text-muted text-xs">
                Iteration {formatCount(data.iteration ?? 0)}: {plural(data.count, "rollout")}, highest reward first
                {data.count > data.rollouts.length && `; the first ${formatCount(data.rollouts.length)} are shown`}.
              </p>
              <RolloutsList
                key={data.iteration}
                place={{ project, runId, iteration: data.iteration ?? 0 }}
                rollouts={data.rollouts}
                onOpen={() => setIteration(data.iteration)} // so that the next iteration does not take it away
              />
            </div>
          )
        }
      </Loaded>
    </Panel>
  );
}

function IterationChoice({
  iterations,
  iteration,
  onChange,
}: {
  iterations: number[];
  iteration: number | null;
  onChange: (iteration: number | null) => void;
}) {
  return (
    <Select
      className="max-w-48"
      aria-label="Iteration"
      value={iteration ?? ""}
      onChange={({ target }) => onChange(target.value === "" ? null : Number(target.value))}
    >
      <option value="">Newest iteration</option>
      {iterations.toReversed().map((one) => (
        <option key={one} value={one}>
          Iteration {formatCount(one)}
        </option>
      ))}
    </Select>
  );
}

function whyNone({ iterations }: IterationRollouts, over: boolean): string {
  if (iterations.length > 0) return "This iteration is not in the run's folder any more; choose another.";
  return over ? "The run has written no rollouts." : "There are no rollouts yet. The first iteration writes them.";
}
