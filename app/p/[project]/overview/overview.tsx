"use client";

import { Sparkles } from "lucide-react";
import { useState } from "react";
import { Button } from "@/app/components/button";
import { Loaded } from "@/app/components/loaded";
import { PageHeader } from "@/app/components/page-header";
import { Panel } from "@/app/components/panel";
import { Skeleton } from "@/app/components/skeleton";
import { isUnderWay } from "@/domain/runs/job-status";
import { GenerateSheet } from "../generations/generate-sheet";
import { GenerationProgress } from "../generations/generation-progress";
import { useProject } from "../project-context";
import { TrainSheet } from "../runs/train/train-sheet";
import { TrainerOfflineNotice } from "../trainer-state";
import { LoopStations } from "./loop-stations";
import type { ProjectOverview } from "./next-action";
import { NextActionPanel } from "./next-action-panel";
import { TaskTypeBars } from "./task-type-bars";
import { useLiveOverview } from "./use-live-overview";

/** The project as the loop that it is, and what to do next in it. */
export function Overview() {
  const project = useProject();
  const overview = useLiveOverview(project.slug);
  // The sheets live here, above what changes under them while they are open.
  const [sheet, setSheet] = useState<"train" | "generate" | null>(null);
  return (
    <>
      <PageHeader
        title={project.name}
        about={project.description || undefined}
        actions={
          overview.data?.nextAction.code === "train" ? undefined : (
            <Button icon={<Sparkles />} onClick={() => setSheet("train")}>
              Train on latest labels
            </Button>
          )
        }
      />
      <Loaded query={overview} skeleton={<OverviewSkeleton />}>
        {(data) => (
          <div className="grid gap-5">
            {isWorking(data) && <TrainerOfflineNotice />}
            <NextActionPanel
              overview={data}
              onTrain={() => setSheet("train")}
              onGenerate={() => setSheet("generate")}
            />
            <LoopStations overview={data} />
            {data.generationActive && data.nextAction.code !== "generate" && (
              <Panel title="Completions being written">
                <GenerationProgress generationId={data.generationActive.id} />
              </Panel>
            )}
            {data.prompts.byTaskType.length > 0 && (
              <Panel title="Prompts by task type">
                <TaskTypeBars types={data.prompts.byTaskType} />
              </Panel>
            )}
          </div>
        )}
      </Loaded>
      <TrainSheet open={sheet === "train"} onOpenChange={(open) => setSheet(open ? "train" : null)} />
      <GenerateSheet open={sheet === "generate"} onOpenChange={(open) => setSheet(open ? "generate" : null)} />
    </>
  );
}

const isWorking = ({ generationActive, run }: ProjectOverview): boolean =>
  generationActive !== null || isUnderWay(run.latest?.status ?? "");

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
