import type { ReactNode } from "react";
import { isJobFinished } from "@/domain/runs/job-status";
import { StatusBadge } from "./badge";
import { Button } from "./button";
import { formatCount } from "./format";
import { Notice } from "./notice";
import { ProgressBar } from "./progress-bar";

interface Job {
  status: string;
  doneCount: number;
  totalCount: number;
  activity: string | null;
  error: string | null;
}

/** How far a job is that counts what it does, what went wrong, and the way to stop it. */
export function JobProgress({
  job,
  what,
  stop,
  children,
}: {
  job: Job;
  /** What is counted, in the plural. */
  what: string;
  stop: { label: string; busy: boolean; onStop(): void };
  /** What is to be said of it once it has ended. */
  children?: ReactNode;
}) {
  const ended = isJobFinished(job.status);
  return (
    <div className="grid gap-2" aria-live="polite">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StatusBadge status={job.status} />
        <span className="tabular-nums">
          {formatCount(job.doneCount)} of {formatCount(job.totalCount)} {what}
        </span>
        {!ended && job.activity && <span className="min-w-0 flex-1 truncate text-muted">{job.activity}</span>}
        {!ended && (
          <Button size="sm" className="ml-auto" busy={stop.busy} onClick={stop.onStop}>
            {stop.label}
          </Button>
        )}
      </div>
      {!ended && (
        <ProgressBar label={`Done: ${what}`} value={job.doneCount} total={job.doneCount > 0 ? job.totalCount : null} />
      )}
      {ended && children}
      {job.error && <Notice tone={job.status === "failed" ? "bad" : "warn"}>{job.error}</Notice>}
    </div>
  );
}
