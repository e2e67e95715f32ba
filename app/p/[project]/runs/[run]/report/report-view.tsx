"use client";

import { useQuery } from "@tanstack/react-query";
import { FileQuestion } from "lucide-react";
import { ButtonLink } from "@/app/components/button";
import { EmptyState } from "@/app/components/empty-state";
import { Loaded } from "@/app/components/loaded";
import { Notice } from "@/app/components/notice";
import { PageHeader } from "@/app/components/page-header";
import { SkeletonTable } from "@/app/components/skeleton";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import type { RewardReport } from "@/domain/runs/reward-report";
import { AccuracyPanel } from "./accuracy-panel";
import { CalibrationPanel } from "./calibration-panel";
import { LengthPanel } from "./length-panel";
import { MistakeList } from "./mistake-list";
import { ProbePanel } from "./probe-panel";

/** What a reward model is worth on pairs that it was not trained on, and by what it can be fooled. */
export function ReportView({ runId }: { runId: string }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const run = useQuery(trpc.runs.get.queryOptions({ project, runId }));
  const report = useQuery(trpc.runs.rewardReport.queryOptions({ project, runId }));
  return (
    <>
      <PageHeader
        title="Reward report"
        trail={[
          { label: "Runs", href: pathsOf(project).runs },
          { label: run.data ? `Run ${run.data.number}` : "Run", href: pathsOf(project).run(runId) },
        ]}
        about="How well the model orders pairs that it was not trained on, how well it is calibrated, and what can fool it. All intervals are 95 %."
      />
      <Loaded query={report} skeleton={<SkeletonTable />}>
        {(data) =>
          data === null ? (
            <EmptyState
              icon={<FileQuestion />}
              title="No report"
              action={<ButtonLink href={pathsOf(project).run(runId)}>Back to the run</ButtonLink>}
            >
              A run that trains a reward model writes its report at the end.
            </EmptyState>
          ) : (
            <Report runId={runId} report={data} />
          )
        }
      </Loaded>
    </>
  );
}

function Report({ runId, report }: { runId: string; report: RewardReport }) {
  return (
    <div className="grid gap-4">
      {report.notes.length > 0 && (
        <Notice tone="warn" title="Before reading the figures">
          <ul className="list-disc pl-4">
            {report.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Notice>
      )}
      <AccuracyPanel report={report} />
      <ProbePanel runId={runId} probes={report.probes} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <CalibrationPanel calibration={report.calibration} />
        <LengthPanel report={report} />
      </div>
      <MistakeList mistakes={report.mistakes} />
    </div>
  );
}
