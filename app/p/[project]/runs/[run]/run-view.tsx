"use client";

import Link from "next/link";
import { StatusBadge } from "@/app/components/badge";
import { ButtonLink } from "@/app/components/button";
import { formatCount, formatDuration, formatNumber } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { Notice } from "@/app/components/notice";
import { PageHeader } from "@/app/components/page-header";
import { Panel } from "@/app/components/panel";
import { ProgressBar } from "@/app/components/progress-bar";
import { RelativeTime } from "@/app/components/relative-time";
import { useProject } from "@/app/p/[project]/project-context";
import { pathsOf } from "@/domain/paths";
import { memberSteps } from "@/domain/runs/member-steps";
import { nameOfMethod } from "@/domain/runs/method-words";
import { REWARD_IN_DOUBT } from "@/domain/runs/reward-doubt";
import { isFinished } from "@/domain/runs/run-status";
import { shownStatus } from "../shown-status";
import { TrainButton } from "../train/train-button";
import { AwaitedBy } from "./awaited-by";
import { ChartFocusProvider } from "./chart-focus";
import { DiagnosisPanel } from "./diagnosis-panel";
import { EndedNotice, placeOf } from "./ended-notice";
import { HeldBackNotice } from "./held-back-notice";
import { PausedNotice } from "./paused-notice";
import { ReportSummary } from "./report/report-summary";
import { RolloutsPanel } from "./rollouts-panel";
import { RunActions } from "./run-actions";
import { OtherCharts, RunCharts, WatchedCharts } from "./run-charts";
import type { Run } from "./run-figures";
import { RunFolderPanels } from "./run-folder-panels";
import { RunLog } from "./run-log";
import { useLiveRun } from "./use-live-run";
import { WaitingNotice } from "./waiting-notice";

/** One run as it happens, and afterwards what came of it. */
export function RunView({ runId }: { runId: string }) {
  const { slug: project } = useProject();
  const { run, points, thinnedFrom, lines, watchAgain } = useLiveRun(project, runId);
  return (
    <Loaded query={run}>
      {(data) => (
        <ChartFocusProvider>
          <RunHeader run={data} onGoesOn={watchAgain} />
          <div className="grid gap-3">
            <RunProgress run={data} onGoesOn={watchAgain} />
            <AwaitedBy run={data} />
            {data.method === "reward" && data.status === "completed" && <ReportSummary runId={data.id} />}
            <DiagnosisPanel run={data} />
            {thinnedFrom > 0 && (
              <p className="text-faint text-xs">
                The charts draw a part of up to {formatCount(thinnedFrom)} points: of each stretch the lowest and the
                highest, and the newest ones all.
              </p>
            )}
            {data.method === "ppo" ? (
              <>
                <WatchedCharts points={points} totalSteps={data.totalSteps} over={!isAtWork(data)} />
                <RolloutsPanel runId={data.id} status={data.status} />
                <OtherCharts points={points} totalSteps={data.totalSteps} />
              </>
            ) : (
              <RunCharts
                points={points}
                totalSteps={data.totalSteps}
                over={!isAtWork(data)}
                members={memberSteps(data.configuration, data.totalSteps)}
              />
            )}
            <RunFolderPanels runId={data.id} status={data.status} />
            <div className="grid items-start gap-3 lg:grid-cols-2">
              <RunLog lines={lines} />
              <Configuration configuration={data.configuration} />
            </div>
          </div>
        </ChartFocusProvider>
      )}
    </Loaded>
  );
}

/** Whether figures are about to come. */
const isAtWork = ({ status }: Run) => !isFinished(status) && status !== "queued";

function RunHeader({ run, onGoesOn }: { run: Run; onGoesOn: () => void }) {
  const { slug: project } = useProject();
  return (
    <PageHeader
      trail={[{ label: "Runs", href: pathsOf(project).runs }]}
      title={`Run ${run.number}`}
      badge={<StatusBadge status={shownStatus(run)} />}
      about={
        <>
          {nameOfMethod(run.method)} on{" "}
          <Link className="link" href={pathsOf(project).dataset(run.datasetVersion.id)}>
            dataset version {run.datasetVersion.version}
          </Link>{" "}
          from{" "}
          <Link className="link" href={pathsOf(project).model(run.base.id)}>
            {run.base.name}
          </Link>
          {run.rewardModel && (
            <>
              , scored by{" "}
              <Link className="link" href={pathsOf(project).model(run.rewardModel.id)}>
                {run.rewardModel.name}
              </Link>
            </>
          )}
          {!run.rewardModel && run.waitsFor && (
            <>
              , to be scored by what{" "}
              <Link className="link" href={pathsOf(project).run(run.waitsFor.id)}>
                run {run.waitsFor.number}
              </Link>{" "}
              makes
            </>
          )}
          , asked for by {run.requestedBy.name} <RelativeTime date={run.createdAt} />
        </>
      }
      actions={<RunActions run={run} onGoesOn={onGoesOn} />}
    />
  );
}

function RunProgress({ run, onGoesOn }: { run: Run; onGoesOn: () => void }) {
  const { slug: project } = useProject();
  if (run.status === "completed" && run.model)
    return (
      <Notice
        tone="good"
        title={
          <>
            New model:{" "}
            <Link className="link" href={pathsOf(project).model(run.model.id)}>
              {run.model.name}
            </Link>
          </>
        }
        action={
          <div className="flex flex-wrap gap-2">
            {run.method === "reward" && (
              <TrainButton
                size="sm"
                rewardModelId={run.model.id}
                variant={run.awaitedBy.length > 0 ? "default" : "primary"}
              />
            )}
            <ButtonLink
              size="sm"
              variant={run.method === "reward" ? "default" : "primary"}
              href={
                run.method === "reward"
                  ? pathsOf(project).playground({ reward: run.model.id })
                  : pathsOf(project).playground({ left: run.base.id, right: run.model.id })
              }
            >
              {run.method === "reward" ? "Score answers with it" : `Try it beside ${run.base.name}`}
            </ButtonLink>
            {run.method === "reward" ? (
              <ButtonLink size="sm" href={pathsOf(project).tasks({ reward: run.model.id })}>
                Scores in tasks
              </ButtonLink>
            ) : (
              <ButtonLink size="sm" href={pathsOf(project).model(run.model.id)}>
                Next round
              </ButtonLink>
            )}
          </div>
        }
      >
        {run.stopsAtCheckpoint
          ? `Made of the checkpoint after ${placeOf(run)}, where the run was stopped.`
          : run.startedAt &&
            run.finishedAt &&
            `Trained in ${formatDuration((run.finishedAt.getTime() - run.startedAt.getTime()) / 1000)} on ${run.backend ?? "this machine"}.`}
      </Notice>
    );
  if (run.status === "paused" && run.error?.code === REWARD_IN_DOUBT)
    return <HeldBackNotice run={run} onGoesOn={onGoesOn} />;
  if (run.status === "paused") return <PausedNotice run={run} onGoesOn={onGoesOn} />;
  if (run.status === "failed" || run.status === "cancelled") return <EndedNotice run={run} onGoesOn={onGoesOn} />;
  if (run.isWaiting && run.waitsFor) return <WaitingNotice waitsFor={run.waitsFor} />;
  return (
    <Panel>
      <div className="mb-2 flex flex-wrap justify-between gap-x-4 gap-y-1">
        <p aria-live="polite">{run.activity ?? (run.status === "queued" ? "Waiting for the trainer" : "Training")}</p>
        <p className="text-muted tabular-nums">
          {[
            run.totalSteps && placeOf(run),
            run.etaSeconds !== null && `about ${formatDuration(run.etaSeconds)} left`,
            run.tokensPerSecond !== null && `${formatNumber(run.tokensPerSecond)} tokens/s`,
            run.backend,
          ]
            .filter(Boolean)
            .join(" · ")}
        </p>
      </div>
      <ProgressBar value={run.step} total={run.totalSteps} label="Progress of the run" />
    </Panel>
  );
}

function Configuration({ configuration }: { configuration: unknown }) {
  return (
    <Panel title="Configuration" flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre className="max-h-72 overflow-auto p-3 font-mono text-xs" tabIndex={0}>
        {JSON.stringify(configuration, null, 2)}
      </pre>
    </Panel>
  );
}
