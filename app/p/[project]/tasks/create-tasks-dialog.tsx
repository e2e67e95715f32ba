"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/app/components/button";
import { Dialog } from "@/app/components/dialog";
import { errorText } from "@/app/components/error-text";
import { plural } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";
import { PlanCounts } from "./plan-counts";
import { TemplateBar } from "./template-bar";
import { NEW_WISH, toWish, wishProblem } from "./wish-draft";
import { WishFields } from "./wish-fields";

const SKIPPED_WORDS: Record<string, string> = {
  too_few_distinct_completions: "skipped: too few different completions",
  task_exists: "skipped: such a task exists already",
};

/** Tasks of one kind for every prompt that has what they need and no such task yet. */
export function CreateTasksDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(NEW_WISH);
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
    if (wishProblem(draft) === null) create.mutate({ project: slug, promptIds: "all", ...toWish(draft) });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title="Make tasks"
      description="Makes a task for every prompt that has the completions the kind needs and has no task of that kind yet."
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
            <Button
              type="submit"
              form="create-tasks"
              variant="primary"
              disabled={wishProblem(draft) !== null}
              busy={create.isPending}
            >
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
        <div className="grid gap-4">
          <form id="create-tasks" onSubmit={submit} className="grid gap-4">
            {create.error && <Notice tone="bad">{errorText(create.error)}</Notice>}
            <WishFields draft={draft} onChange={setDraft} />
            <PlanCounts draft={draft} />
          </form>
          <TemplateBar draft={draft} onChange={setDraft} />
        </div>
      )}
    </Dialog>
  );
}
