"use client";

import { useQuery } from "@tanstack/react-query";
import { Activity, GitCompareArrows } from "lucide-react";
import { type ChangeEvent, useState } from "react";
import { Button, ButtonLink } from "@/app/components/button";
import { EmptyState } from "@/app/components/empty-state";
import { Loaded } from "@/app/components/loaded";
import { PageHeader } from "@/app/components/page-header";
import { RelativeTime } from "@/app/components/relative-time";
import { SkeletonTable } from "@/app/components/skeleton";
import { Table, Td, Th, Tr } from "@/app/components/table";
import { useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { isFinished } from "@/domain/runs/run-status";
import { useProject } from "../project-context";
import { FEWEST_COMPARED, MOST_COMPARED } from "./compare/compared-runs";
import { RunCells, RunHeadings } from "./run-cells";
import { TrainButton } from "./train/train-button";

/** Every run; two to four of them can be ticked and compared. */
export function RunList() {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const query = useQuery({
    ...trpc.runs.list.queryOptions({ project }),
    // Only while something moves; the page of a run has the live view.
    refetchInterval: ({ state }) => (state.data?.some((run) => !isFinished(run.status)) ? 3_000 : false),
  });
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const tick = (id: string) => (event: ChangeEvent<HTMLInputElement>) =>
    setTicked(event.target.checked ? [...ticked, id] : ticked.filter((other) => other !== id));
  return (
    <>
      <PageHeader
        title="Runs"
        about="Each run trains one method on one dataset version from one base."
        actions={
          <>
            {(query.data?.length ?? 0) >= FEWEST_COMPARED && <CompareLink runIds={ticked} />}
            <TrainButton />
          </>
        }
      />
      <Loaded query={query} skeleton={<SkeletonTable />}>
        {(runs) =>
          runs.length === 0 ? (
            <EmptyState icon={<Activity />} title="No runs yet" action={<TrainButton />}>
              A run freezes the labels into a dataset version and trains a model on it.
            </EmptyState>
          ) : (
            <Table>
              <thead>
                <tr>
                  <Th>
                    <span className="sr-only">Compare</span>
                  </Th>
                  <RunHeadings />
                  <Th>Started</Th>
                </tr>
              </thead>
              <tbody>
                {runs.map((run) => (
                  <Tr key={run.id}>
                    <Td className="pr-0">
                      <input
                        type="checkbox"
                        className="size-4 accent-accent"
                        aria-label={`Compare run ${run.number}`}
                        checked={ticked.includes(run.id)}
                        disabled={ticked.length >= MOST_COMPARED && !ticked.includes(run.id)}
                        onChange={tick(run.id)}
                      />
                    </Td>
                    <RunCells run={run} />
                    <Td>
                      <RelativeTime date={run.createdAt} />
                    </Td>
                  </Tr>
                ))}
              </tbody>
            </Table>
          )
        }
      </Loaded>
    </>
  );
}

function CompareLink({ runIds }: { runIds: readonly string[] }) {
  const { slug: project } = useProject();
  if (runIds.length < FEWEST_COMPARED)
    return (
      <Button icon={<GitCompareArrows />} disabled title={`Tick ${FEWEST_COMPARED} to ${MOST_COMPARED} runs`}>
        Compare
      </Button>
    );
  return (
    <ButtonLink icon={<GitCompareArrows />} href={pathsOf(project).compareRuns(runIds)}>
      Compare {runIds.length} runs
    </ButtonLink>
  );
}
