"use client";

import { useQuery } from "@tanstack/react-query";
import { Loaded } from "../../../components/loaded";
import { PageHeader } from "../../../components/page-header";
import { Panel } from "../../../components/panel";
import { Skeleton } from "../../../components/skeleton";
import { useTRPC } from "../../../trpc-client";
import { GenerationProgress } from "../generations/generation-progress";
import { useProject } from "../project-context";
import { TrainButton } from "../runs/train-button";
import { LoopStations } from "./loop-stations";
import { NextActionPanel } from "./next-action-panel";
import { TaskTypeBars } from "./task-type-bars";

/** The project as the loop that it is, and what to do next in it. */
export function Overview() {
  const trpc = useTRPC();
  const project = useProject();
  const overview = useQuery(
    trpc.projects.overview.queryOptions(
      { project: project.slug },
      {
        // Faster while something moves.
        refetchInterval: ({ state: { data } }) =>
          data?.generationActive || ["queued", "running"].includes(data?.run.latest?.status ?? "") ? 4_000 : 20_000,
      },
    ),
  );
  return (
    <>
      <PageHeader
        title={project.name}
        about={project.description || undefined}
        actions={
          overview.data?.nextAction.code === "train" ? undefined : (
            <TrainButton project={project.slug} variant="default" />
          )
        }
      />
      <Loaded query={overview} skeleton={<OverviewSkeleton />}>
        {(data) => (
          <div className="grid gap-5">
            <NextActionPanel overview={data} />
            <LoopStations overview={data} base={`/p/${project.slug}`} />
            {data.generationActive && data.nextAction.code !== "generate" && (
              <Panel title="Completions being written">
                <GenerationProgress generationId={data.generationActive.id} />
              </Panel>
            )}
            {data.prompts.byTaskType.length > 0 && (
              <Panel title="Prompts by task type">
                <TaskTypeBars types={data.prompts.byTaskType} base={`/p/${project.slug}`} />
              </Panel>
            )}
          </div>
        )}
      </Loaded>
    </>
  );
}

function OverviewSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="grid gap-5">
      <Skeleton className="h-20" />
      <div className="grid grid-cols-2 gap-2 lg:grid-cols-7">
        {["prompts", "tasks", "labels", "dataset", "run", "model", "next"].map((station) => (
          <Skeleton key={station} className="h-28" />
        ))}
      </div>
    </div>
  );
}
