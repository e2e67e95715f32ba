"use client";

import { useQueries } from "@tanstack/react-query";
import { useTRPC } from "@/app/trpc-client";
import { isFinished } from "@/domain/runs/run-status";
import type { ComparedRun } from "./compared-runs";

/** Of a run that goes on, so that its curves grow. */
const LOOK_EVERY_MILLISECONDS = 3_000;

export interface ComparedRunsQuery {
  data: ComparedRun[] | undefined;
  error: unknown;
  isFetching: boolean;
  refetch(): void;
}

/** The runs and all their figures; those under way are looked at again and again. */
export function useComparedRuns(project: string, runIds: readonly string[]): ComparedRunsQuery {
  const trpc = useTRPC();
  const runs = useQueries({
    queries: runIds.map((runId) => ({
      ...trpc.runs.get.queryOptions({ project, runId }),
      refetchInterval: (query: { state: { data?: { status: string } } }) =>
        query.state.data && !isFinished(query.state.data.status) ? LOOK_EVERY_MILLISECONDS : false,
    })),
  });
  const metrics = useQueries({
    queries: runIds.map((runId, place) => {
      const status = runs[place]?.data?.status;
      return {
        ...trpc.runs.metrics.queryOptions({ project, runId }),
        refetchInterval: status && !isFinished(status) ? LOOK_EVERY_MILLISECONDS : (false as const),
      };
    }),
  });
  const all = [...runs, ...metrics];
  const data = runs.flatMap(({ data: run }, place) => {
    const figures = metrics[place]?.data;
    return run && figures ? [{ run, metrics: figures }] : [];
  });
  return {
    data: data.length === runIds.length ? data : undefined,
    error: all.find(({ error }) => error)?.error ?? null,
    isFetching: all.some(({ isFetching }) => isFetching),
    refetch: () => {
      for (const query of all) if (query.error) void query.refetch();
    },
  };
}
