"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { StatusBadge } from "@/app/components/badge";
import { formatDuration } from "@/app/components/format";
import { Panel } from "@/app/components/panel";
import { ProgressBar } from "@/app/components/progress-bar";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import type { Run } from "./run-figures";

const LOOK_AGAIN_MILLISECONDS = 3_000;

/** A run that waits for the one that makes its reward model: how far that one is, and what happens then. */
export function WaitingNotice({ waitsFor }: { waitsFor: NonNullable<Run["waitsFor"]> }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const { data } = useQuery({
    ...trpc.runs.get.queryOptions({ project, runId: waitsFor.id }),
    refetchInterval: LOOK_AGAIN_MILLISECONDS,
  });
  const status = data?.status ?? waitsFor.status;
  const progress = data && [
    data.totalSteps !== null && `step ${data.step} of ${data.totalSteps}`,
    data.etaSeconds !== null && `about ${formatDuration(data.etaSeconds)} left`,
  ];
  return (
    <Panel>
      <div className="mb-2 flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <p aria-live="polite" className="flex flex-wrap items-center gap-1.5">
          <span>
            Waiting for{" "}
            <Link className="link" href={pathsOf(project).run(waitsFor.id)}>
              run {waitsFor.number}
            </Link>
            , which makes its reward model
          </span>
          <StatusBadge status={status} />
        </p>
        <p className="text-muted tabular-nums">{progress?.filter(Boolean).join(" · ")}</p>
      </div>
      {data?.status === "running" && (
        <ProgressBar value={data.step} total={data.totalSteps} label={`Progress of run ${waitsFor.number}`} />
      )}
      <p className="mt-2 text-muted text-xs">
        {status === "paused"
          ? `Run ${waitsFor.number} is paused and waits for a decision on its page. Until then, this run waits as well.`
          : `This run starts by itself when run ${waitsFor.number} has completed, and ends if run ${waitsFor.number} fails or is cancelled. If held-out pairs can’t tell the reward model from chance, this run asks you first.`}
      </p>
    </Panel>
  );
}
