import { CircleCheck } from "lucide-react";
import { Button, ButtonLink } from "@/app/components/button";
import { EmptyState } from "@/app/components/empty-state";
import { Notice } from "@/app/components/notice";
import { SkeletonLines } from "@/app/components/skeleton";
import { useProject } from "@/app/p/[project]/project-context";
import { pathsOf } from "@/domain/paths";
import type { TaskQueue } from "./use-task-queue";

/** What stands in the task's place while there is none. */
export function DeskState({ queue }: { queue: TaskQueue }) {
  const { slug } = useProject();
  if (queue.state === "error")
    return (
      <Notice
        tone="bad"
        title={queue.error}
        action={
          <Button size="sm" onClick={queue.retry}>
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
        title="Nothing left to label"
        action={
          <>
            <Button onClick={queue.retry}>Look again</Button>
            <ButtonLink href={pathsOf(slug).myLabels}>My labels</ButtonLink>
          </>
        }
      >
        You have answered every task that is open to you. New ones appear here when completions come in or another round
        starts.
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
