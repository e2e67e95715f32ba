"use client";

import { useQuery } from "@tanstack/react-query";
import { Activity, GitCompareArrows } from "lucide-react";
import Link from "next/link";
import { type ChangeEvent, useState } from "react";
import { StatusBadge } from "@/app/components/badge";
import { Button, ButtonLink } from "@/app/components/button";
import { EmptyState } from "@/app/components/empty-state";
import { formatDuration } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { PageHeader } from "@/app/components/page-header";
import { RelativeTime } from "@/app/components/relative-time";
import { SkeletonTable } from "@/app/components/skeleton";
import { Table, Td, Th, Tr } from "@/app/components/table";
import { useTRPC } from "@/app/trpc-client";
import { FEWEST_COMPARED, MOST_COMPARED } from "./compare/compared-runs";
import { TrainButton } from "./train-button";
import { isFinished } from "./use-live-run";

/** Every run; two to four of them can be ticked and compared. */
export function RunList({ project }: { project: string }) {
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
            {(query.data?.length ?? 0) >= FEWEST_COMPARED && <CompareLink project={project} runIds={ticked} />}
            <TrainButton project={project} />
          </>
        }
      />
      <Loaded query={query} skeleton={<SkeletonTable />}>
        {(runs) =>
          runs.length === 0 ? (
            <EmptyState icon={<Activity />} title="No runs yet" action={<TrainButton project={project} />}>
              A run freezes the labels into a dataset version and trains a model on it.
            </EmptyState>
          ) : (
            <Table>
              <thead>
                <tr>
                  <Th>
                    <span className="sr-only">Compare</span>
                  </Th>
                  <Th>Run</Th>
                  <Th>Status</Th>
                  <Th>Method</Th>
                  <Th>Dataset version</Th>
                  <Th>From</Th>
                  <Th>Model</Th>
                  <Th numeric>Steps</Th>
                  <Th numeric>Time</Th>
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
                    <Td>
                      <Link className="link font-medium" href={`/p/${project}/runs/${run.id}`}>
                        Run {run.number}
                      </Link>
                    </Td>
                    <Td>
                      <StatusBadge status={run.status} />
                    </Td>
                    <Td>{run.method.toUpperCase()}</Td>
                    <Td>
                      <Link className="link" href={`/p/${project}/datasets/${run.datasetVersion.id}`}>
                        {run.datasetVersion.version}
                      </Link>
                    </Td>
                    <Td>
                      <Link className="link" href={`/p/${project}/models/${run.base.id}`}>
                        {run.base.name}
                      </Link>
                    </Td>
                    <Td>
                      {run.model ? (
                        <Link className="link" href={`/p/${project}/models/${run.model.id}`}>
                          {run.model.name}
                        </Link>
                      ) : (
                        <span className="text-faint">–</span>
                      )}
                    </Td>
                    <Td numeric>{run.totalSteps ? `${run.step} / ${run.totalSteps}` : "–"}</Td>
                    <Td numeric>
                      {run.startedAt && run.finishedAt
                        ? formatDuration((run.finishedAt.getTime() - run.startedAt.getTime()) / 1000)
                        : "–"}
                    </Td>
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

function CompareLink({ project, runIds }: { project: string; runIds: readonly string[] }) {
  if (runIds.length < FEWEST_COMPARED)
    return (
      <Button icon={<GitCompareArrows />} disabled title={`Tick ${FEWEST_COMPARED} to ${MOST_COMPARED} runs`}>
        Compare
      </Button>
    );
  return (
    <ButtonLink icon={<GitCompareArrows />} href={`/p/${project}/runs/compare?runs=${runIds.join(",")}`}>
      Compare {runIds.length} runs
    </ButtonLink>
  );
}
