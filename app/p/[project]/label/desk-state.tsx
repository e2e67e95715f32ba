import { CircleCheck } from "lucide-react";
import { Button, ButtonLink } from "@/app/components/button";
import { EmptyState } from "@/app/components/empty-state";
import { plural } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { SkeletonLines } from "@/app/components/skeleton";
import { useProject } from "@/app/p/[project]/project-context";
import type { Outputs } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
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
        {progress && `${whyNothing(progress)} `}New tasks appear here when completions come in or another round starts.
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

function whyNothing({ total, elsewhere: { count, until } }: Progress): string {
  if (total === 0) return "There are no tasks yet.";
  if (count > 0 && until)
    return `${plural(count, "task")} ${count === 1 ? "is" : "are"} open on somebody else's page until ${until.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })} at the earliest.`;
  return "You have answered or skipped every task that you can work on.";
}
