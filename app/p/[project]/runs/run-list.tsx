"use client";

import { useQuery } from "@tanstack/react-query";
import { Activity } from "lucide-react";
import Link from "next/link";
import { StatusBadge } from "@/app/components/badge";
import { EmptyState } from "@/app/components/empty-state";
import { formatDuration } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { PageHeader } from "@/app/components/page-header";
import { RelativeTime } from "@/app/components/relative-time";
import { SkeletonTable } from "@/app/components/skeleton";
import { Table, Td, Th, Tr } from "@/app/components/table";
import { useTRPC } from "@/app/trpc-client";
import { TrainButton } from "./train-button";
import { isFinished } from "./use-live-run";

export function RunList({ project }: { project: string }) {
  const trpc = useTRPC();
  const query = useQuery({
    ...trpc.runs.list.queryOptions({ project }),
    // Only while something moves; the page of a run has the live view.
    refetchInterval: ({ state }) => (state.data?.some((run) => !isFinished(run.status)) ? 3_000 : false),
  });
  return (
    <>
      <PageHeader
        title="Runs"
        about="Each run trains one method on one dataset version from one base."
        actions={<TrainButton project={project} />}
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
