"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId } from "react";
import { Button } from "@/app/components/button";
import { Dialog } from "@/app/components/dialog";
import { errorText } from "@/app/components/error-text";
import { Field, Input } from "@/app/components/form-fields";
import { Loaded } from "@/app/components/loaded";
import { Notice } from "@/app/components/notice";
import { toast, undoToast } from "@/app/components/toast";
import { type Inputs, useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";
import { CountsBeforeAfter } from "./counts-before-after";

export type ExclusionTarget = Inputs["datasets"]["exclude"]["target"];

/** Keeps labels out of versions taken from now on, with a reason; shows first what that would change. */
export function ExcludeDialog({
  target,
  of,
  onOpenChange,
}: {
  target: ExclusionTarget;
  /** What is excluded, in words. */
  of: string;
  onOpenChange: (open: boolean) => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { slug: project } = useProject();
  const form = useId();
  const preview = useQuery(trpc.datasets.previewExclusion.queryOptions({ project, target }));
  const refresh = () => void queryClient.invalidateQueries();
  const lift = useMutation(
    trpc.datasets.liftExclusion.mutationOptions({
      onSuccess: refresh,
      onError: (error) => void toast({ tone: "bad", title: errorText(error) }),
    }),
  );
  const exclude = useMutation(
    trpc.datasets.exclude.mutationOptions({
      onSuccess: ({ exclusionId }) => {
        undoToast(`Excluded ${of}`, () => lift.mutate({ project, exclusionId }));
        onOpenChange(false);
        refresh();
      },
    }),
  );
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    exclude.mutate({ project, target, reason: String(new FormData(event.currentTarget).get("reason")) });
  }
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      title={`Exclude ${of}`}
      description="Dataset versions created from now on leave these labels out. Earlier versions stay as they are, and you can lift the exclusion."
      footer={
        <Button type="submit" form={form} variant="primary" busy={exclude.isPending}>
          Exclude
        </Button>
      }
    >
      <form id={form} onSubmit={submit} className="grid gap-4">
        {exclude.error && <Notice tone="bad">{errorText(exclude.error)}</Notice>}
        <Field label="Reason" hint="The reason is shown in the list of exclusions and in the log.">
          <Input name="reason" required maxLength={500} autoComplete="off" />
        </Field>
        <Loaded query={preview}>{({ before, after }) => <CountsBeforeAfter before={before} after={after} />}</Loaded>
      </form>
    </Dialog>
  );
}
