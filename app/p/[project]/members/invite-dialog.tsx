"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId } from "react";
import { Button } from "@/app/components/button";
import { Dialog } from "@/app/components/dialog";
import { errorText } from "@/app/components/error-text";
import { Field, Input, Select } from "@/app/components/form-fields";
import { Notice } from "@/app/components/notice";
import { RelativeTime } from "@/app/components/relative-time";
import { SecretLink } from "@/app/components/secret-link";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";

/** Makes an invitation link; it is shown once. */
export function InviteDialog({ onOpenChange }: { onOpenChange: (open: boolean) => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { slug: project } = useProject();
  const form = useId();
  const invite = useMutation(
    trpc.members.invite.mutationOptions({
      onSuccess: () => void queryClient.invalidateQueries(trpc.members.pathFilter()),
    }),
  );
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    invite.mutate({
      project,
      role: fields.get("role") === "admin" ? "admin" : "annotator",
      email: String(fields.get("email")) || null,
      days: Number(fields.get("days")),
    });
  }
  const made = invite.data;
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      title="Invite"
      description="An invitation is a link for one person. You pass it on yourself; Tuneloop sends nothing."
      footer={
        made ? (
          <Button onClick={() => onOpenChange(false)}>Done</Button>
        ) : (
          <Button type="submit" form={form} variant="primary" busy={invite.isPending}>
            Make the link
          </Button>
        )
      }
    >
      {made ? (
        <div className="grid gap-3">
          <SecretLink path={made.path} label="Invitation link" />
          <p className="text-muted">
            The link works once and expires <RelativeTime date={made.expiresAt} />. It will not be shown again.
          </p>
        </div>
      ) : (
        <form id={form} onSubmit={submit} className="grid gap-4">
          {invite.error && <Notice tone="bad">{errorText(invite.error)}</Notice>}
          <Field label="Role" hint="Annotators label. Admins see and change everything in this project.">
            <Select name="role" defaultValue="annotator">
              <option value="annotator">Annotator</option>
              <option value="admin">Admin</option>
            </Select>
          </Field>
          <Field label="Email" hint="Optional. If you give an address, the link works for that address only.">
            <Input name="email" type="email" maxLength={254} autoComplete="off" />
          </Field>
          <Field label="Days until the link expires">
            <Input name="days" type="number" min={1} max={30} required defaultValue={7} />
          </Field>
        </form>
      )}
    </Dialog>
  );
}
