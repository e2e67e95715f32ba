"use client";

import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { Field, Input } from "@/app/components/form-fields";
import { Notice } from "@/app/components/notice";
import { Panel } from "@/app/components/panel";
import { useTRPC } from "@/app/trpc-client";
import { paths } from "@/domain/paths";

/** Changing the password ends every session of the account, this one too. */
export function PasswordPanel() {
  const trpc = useTRPC();
  const change = useMutation(
    trpc.access.changePassword.mutationOptions({ onSuccess: () => window.location.assign(paths.login()) }),
  );
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    change.mutate({ current: String(form.get("current")), next: String(form.get("next")) });
  }
  return (
    <Panel title="Your password">
      <form onSubmit={submit} className="grid max-w-md gap-4">
        {change.error && <Notice tone="bad">{errorText(change.error)}</Notice>}
        <Field label="Current password">
          <Input name="current" type="password" required autoComplete="current-password" />
        </Field>
        <Field label="New password" hint="At least 10 characters. You will be asked to sign in again, everywhere.">
          <Input name="next" type="password" required minLength={10} maxLength={200} autoComplete="new-password" />
        </Field>
        <Button type="submit" className="justify-self-start" busy={change.isPending || change.isSuccess}>
          Change password
        </Button>
      </form>
    </Panel>
  );
}
