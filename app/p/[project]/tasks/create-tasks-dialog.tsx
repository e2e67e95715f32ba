"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Button } from "../../../components/button";
import { Dialog } from "../../../components/dialog";
import { errorText } from "../../../components/error-text";
import { Field, Input } from "../../../components/form-fields";
import { plural } from "../../../components/format";
import { Notice } from "../../../components/notice";
import { useTRPC } from "../../../trpc-client";
import { useProject } from "../project-context";

const SKIPPED_WORDS: Record<string, string> = {
  too_few_distinct_completions: "without two different completions",
  task_exists: "with a task already",
};

/** Comparison tasks for every prompt that has two different completions and no such task yet. */
export function CreateTasksDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const create = useMutation(
    trpc.tasks.create.mutationOptions({
      onSuccess: () => {
        for (const part of [trpc.tasks, trpc.projects, trpc.prompts])
          void queryClient.invalidateQueries({ queryKey: part.pathKey() });
      },
    }),
  );

  function close(next: boolean) {
    onOpenChange(next);
    if (!next) create.reset();
  }
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const requiredLabels = Number(new FormData(event.currentTarget).get("requiredLabels"));
    create.mutate({ project: slug, kind: "comparison", promptIds: "all", requiredLabels });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title="Make comparison tasks"
      description="Two different completions of a prompt, side by side: which one is better?"
      footer={
        create.data ? (
          <Button variant="primary" onClick={() => close(false)}>
            Close
          </Button>
        ) : (
          <>
            <Button variant="quiet" onClick={() => close(false)}>
              Cancel
            </Button>
            <Button type="submit" form="create-tasks" variant="primary" busy={create.isPending}>
              Make tasks
            </Button>
          </>
        )
      }
    >
      {create.data ? (
        <Notice tone={create.data.created > 0 ? "good" : "warn"} title={`${plural(create.data.created, "task")} made`}>
          {create.data.skipped.map(({ reason, count }) => (
            <p key={reason}>
              {plural(count, "prompt")} {SKIPPED_WORDS[reason] ?? reason}
            </p>
          ))}
        </Notice>
      ) : (
        <form id="create-tasks" onSubmit={submit} className="grid gap-4">
          {create.error && <Notice tone="bad">{errorText(create.error)}</Notice>}
          <p className="text-muted">
            For all prompts that have two different completions and no comparison of them yet.
          </p>
          <Field label="People per task" hint="More than one shows how far they agree." className="max-w-48">
            <Input name="requiredLabels" type="number" min={1} max={50} defaultValue={1} required />
          </Field>
        </form>
      )}
    </Dialog>
  );
}
