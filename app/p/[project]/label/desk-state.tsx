import { CircleCheck } from "lucide-react";
import { Button, ButtonLink } from "@/app/components/button";
import { EmptyState } from "@/app/components/empty-state";
import { plural } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { SkeletonLines } from "@/app/components/skeleton";
import { useProject } from "@/app/p/[project]/project-context";
import type { Outputs } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { timeOf } from "./open-task";
import type { TaskQueue } from "./use-task-queue";

type Progress = Outputs["labels"]["progress"];

/** Shows in the task's place why there is none. */
export function DeskState({ queue, progress }: { queue: TaskQueue; progress: Progress | undefined }) {
  const { slug } = useProject();
  if (queue.state === "error")
    return (
      <Notice
        tone="bad"
        title={queue.error}
        action={
          <Button size="sm" onClick={queue.look}>
            Try again
          </Button>
        }
      >
        Your answers so far are safe.
      </Notice>
    );
  if (queue.state === "empty")
    return (
      <EmptyState
        icon={<CircleCheck />}
        title={progress ? titleOf(progress) : "Nothing left to label"}
        action={
          <>
            <Button onClick={queue.look}>Look again</Button>
            <ButtonLink href={pathsOf(slug).myLabels}>My labels</ButtonLink>
          </>
        }
      >
        {progress && `${whyNothing(progress)} `}This page looks again by itself every half minute.
      </EmptyState>
    );
  return (
    <div className="grid gap-3">
      <div className="rounded-lg border border-line bg-sunken p-4">
        <SkeletonLines lines={2} />
      </div>
      <div className="grid gap-3 md:grid-cols-2">
        <div className="rounded-lg border border-line bg-surface p-4">
          <SkeletonLines lines={7} />
        </div>
        <div className="rounded-lg border border-line bg-surface p-4">
          <SkeletonLines lines={7} />
        </div>
      </div>
    </div>
  );
}

function titleOf({ total, elsewhere }: Progress): string {
  if (total === 0) return "No tasks yet";
  return elsewhere.count > 0 ? "Nothing free just now" : "Nothing left to label";
}

function whyNothing({ total, elsewhere: { count, until } }: Progress): string {
  if (total === 0) return "New tasks appear here when an admin makes some.";
  if (count > 0 && until)
    return `${plural(count, "task")} ${count === 1 ? "is" : "are"} open on somebody else’s page; the first of them is free again at ${timeOf(until)} unless it is answered or kept open.`;
  return "You have answered or skipped every task that you can work on.";
}
