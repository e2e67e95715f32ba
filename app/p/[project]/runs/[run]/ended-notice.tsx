"use client";

import { useQuery } from "@tanstack/react-query";
import { Button } from "@/app/components/button";
import { Notice } from "@/app/components/notice";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPC } from "@/app/trpc-client";
import { stepWordOf } from "@/domain/runs/method-words";
import { useRunActs } from "./run-actions";
import type { Run } from "./run-figures";

/** A run that ended without a model: why, and what can be done. One is cancelled with a reason where it waited for another. */
export function EndedNotice({ run, onGoesOn }: { run: Run; onGoesOn: () => void }) {
  const failed = run.status === "failed";
  if (failed || run.error)
    return (
      <Notice tone={failed ? "bad" : "warn"} title={run.error?.message ?? "The run failed"}>
        {run.error?.hint && <p>{run.error.hint}</p>}
        <KeepCheckpoint run={run} onGoesOn={onGoesOn} />
      </Notice>
    );
  return (
    <Notice tone="warn" title={run.startedAt ? `Cancelled at ${placeOf(run)}` : "Cancelled before it began"}>
      {run.startedAt && <p>“Run again” continues from the newest checkpoint, if one is left.</p>}
      <KeepCheckpoint run={run} onGoesOn={onGoesOn} />
    </Notice>
  );
}

/** Where a checkpoint is left on disk, what was learned need not be lost. */
function KeepCheckpoint({ run, onGoesOn }: { run: Run; onGoesOn: () => void }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const folder = useQuery(trpc.runs.folder.queryOptions({ project, runId: run.id }));
  const { keep } = useRunActs(project, run, onGoesOn);
  const newest = folder.data?.checkpoints.find(({ isNext }) => isNext);
  if (!newest) return null;
  const member = newest.member === null ? "" : ` of member ${newest.member}`;
  return (
    <div className="mt-2.5 flex flex-wrap items-center gap-x-3 gap-y-2">
      <Button size="sm" busy={keep.busy} onClick={keep.act}>
        Keep the checkpoint as a model
      </Button>
      <p>
        Makes a model version of what the run had learned after {stepWordOf(run.method)} {newest.step}
        {member}. The name and lineage of the model say that the run was stopped.
      </p>
    </div>
  );
}

/** "step 5 of 20", as far as it came. */
export const placeOf = ({ method, step, totalSteps }: Run): string =>
  `${stepWordOf(method)} ${step}${totalSteps ? ` of ${totalSteps}` : ""}`;
