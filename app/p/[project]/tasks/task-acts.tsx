"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { formatTimeOfDay } from "@/app/components/format";
import { toast, undoToast } from "@/app/components/toast";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";
import { stuckText } from "./stuck-text";

/** Who has the task open, why nobody can do it, and what an admin can do about either. */
export function TaskActs({ task }: { task: Outputs["tasks"]["list"]["rows"][number] }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const onError = (error: unknown) => void toast({ tone: "bad", title: errorText(error) });
  const refresh = () => {
    for (const part of [trpc.tasks, trpc.projects, trpc.labels, trpc.prompts])
      void queryClient.invalidateQueries({ queryKey: part.pathKey() });
  };
  const release = useMutation(trpc.tasks.release.mutationOptions({ onSuccess: refresh, onError }));
  const archive = useMutation(
    trpc.tasks.archive.mutationOptions({
      onSuccess: (_, { archived, ...at }) => {
        refresh();
        if (archived) undoToast("Task archived", () => archive.mutate({ ...at, archived: false }));
      },
      onError,
    }),
  );
  const isArchived = task.status === "archived";
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-muted text-xs">
      {task.stuck && (
        <span className="text-warn">Nobody can do this task: {stuckText(task.stuck, task.annotators.length)}.</span>
      )}
      {task.heldBy.map(({ id, name, until }) => (
        <span key={id} className="flex items-center gap-2">
          <span>
            held by {name} until <time dateTime={until.toISOString()}>{formatTimeOfDay(until)}</time>
          </span>
          <Button
            size="sm"
            variant="quiet"
            aria-label={`Release the task that ${name} holds`}
            busy={release.isPending && release.variables.userId === id}
            onClick={() => release.mutate({ project: slug, taskId: task.id, userId: id })}
          >
            Release
          </Button>
        </span>
      ))}
      <Button
        size="sm"
        variant="quiet"
        busy={archive.isPending}
        onClick={() => archive.mutate({ project: slug, taskId: task.id, archived: !isArchived })}
      >
        {isArchived ? "Restore the task" : "Archive the task"}
      </Button>
    </div>
  );
}
