"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { LABEL_KIND_NAMES, type LabelKind, labelKindSchema } from "@/domain/labels/kinds";
import { Button } from "../../../components/button";
import { Dialog } from "../../../components/dialog";
import { errorText } from "../../../components/error-text";
import { Field, Input, Select } from "../../../components/form-fields";
import { plural } from "../../../components/format";
import { Notice } from "../../../components/notice";
import { useTRPC } from "../../../trpc-client";
import { useProject } from "../project-context";

const SKIPPED_WORDS: Record<string, string> = {
  too_few_distinct_completions: "with too few different completions",
  task_exists: "with a task already",
};

const KIND_WORDS: Record<LabelKind, string> = {
  comparison: "Two different completions of a prompt, side by side: which one is better?",
  ranking: "Three to eight different completions of a prompt, from best to worst.",
  rating: "Up to four completions of a prompt, each scored on every criterion of the rubric.",
  demonstration: "People write the answer that the model should have given.",
};

/** Tasks of one kind for every prompt that has what they need and no such task yet. */
export function CreateTasksDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const [kind, setKind] = useState<LabelKind>("comparison");
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
    create.mutate({ project: slug, kind, promptIds: "all", requiredLabels });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title="Make tasks"
      description="For every prompt that has what the kind needs and no such task yet."
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
          <Field label="Kind" hint={KIND_WORDS[kind]}>
            <Select value={kind} onChange={(event) => setKind(labelKindSchema.parse(event.target.value))}>
              {labelKindSchema.options.map((option) => (
                <option key={option} value={option}>
                  {LABEL_KIND_NAMES[option]}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="People per task" hint="More than one shows how far they agree." className="max-w-48">
            <Input name="requiredLabels" type="number" min={1} max={50} defaultValue={1} required />
          </Field>
        </form>
      )}
    </Dialog>
  );
}
