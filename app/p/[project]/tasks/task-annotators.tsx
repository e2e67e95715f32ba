"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/app/components/button";
import { Dialog } from "@/app/components/dialog";
import { errorText } from "@/app/components/error-text";
import { Notice } from "@/app/components/notice";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";
import { AnnotatorPicker, type Person } from "./annotator-picker";

/** Who may do a task, and the way to change it: someone may be ill, or gone. */
export function TaskAnnotators({ taskId, annotators }: { taskId: string; annotators: Person[] }) {
  const [open, setOpen] = useState(false);
  return (
    <p className="flex flex-wrap items-center gap-2 text-muted text-xs">
      For {annotators.length === 0 ? "everyone in the project" : annotators.map(({ name }) => name).join(", ")}
      <Button size="sm" variant="quiet" onClick={() => setOpen(true)}>
        Change
      </Button>
      {open && <ChangeDialog taskId={taskId} annotators={annotators} onClose={() => setOpen(false)} />}
    </p>
  );
}

function ChangeDialog({ taskId, annotators, onClose }: { taskId: string; annotators: Person[]; onClose(): void }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const [people, setPeople] = useState(annotators.length === 0 ? null : annotators);
  const change = useMutation(
    trpc.tasks.setAnnotators.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries({ queryKey: trpc.tasks.pathKey() });
        onClose();
      },
    }),
  );
  const submit = () => change.mutate({ project: slug, taskId, annotatorIds: people?.map(({ id }) => id) ?? [] });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Who may do this task"
      footer={
        <Button variant="primary" disabled={people?.length === 0} busy={change.isPending} onClick={submit}>
          Save
        </Button>
      }
    >
      <div className="grid gap-3">
        {change.error && <Notice tone="bad">{errorText(change.error)}</Notice>}
        <AnnotatorPicker value={people} onChange={setPeople} />
      </div>
    </Dialog>
  );
}
