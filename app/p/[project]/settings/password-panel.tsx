"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useRef } from "react";
import { signInWithPassword } from "@/app/(auth)/sign-in";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { Field, Input } from "@/app/components/form-fields";
import { Notice } from "@/app/components/notice";
import { Panel } from "@/app/components/panel";
import { toast } from "@/app/components/toast";
import { useTRPC } from "@/app/trpc-client";
import { paths } from "@/domain/paths";

/** Changing the password ends every session of the account; this browser signs in anew with the new password. */
export function PasswordPanel({ email }: { email: string }) {
  const trpc = useTRPC();
  const change = useMutation(
    trpc.access.changePassword.mutationOptions({
      onSuccess: async (_, { next }) => {
        const problem = await signInWithPassword(email, next);
        if (problem !== null) return window.location.assign(paths.login());
        form.current?.reset();
        toast({
          tone: "good",
          title: "Your password is changed",
          detail: "You are signed out everywhere else. Open invitations and links that you had made have ended.",
        });
      },
    }),
  );
  const form = useRef<HTMLFormElement>(null);
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    change.mutate({ current: String(fields.get("current")), next: String(fields.get("next")) });
  }
  return (
    <Panel title="Your password">
      <form ref={form} onSubmit={submit} className="grid max-w-md gap-4">
        {change.error && <Notice tone="bad">{errorText(change.error)}</Notice>}
        <Field label="Current password">
          <Input name="current" type="password" required autoComplete="current-password" />
        </Field>
        <Field
          label="New password"
          hint="At least 10 characters. You will be signed out everywhere else, and the open links that you made for others will end."
        >
          <Input name="next" type="password" required minLength={10} maxLength={200} autoComplete="new-password" />
        </Field>
        <Button type="submit" className="justify-self-start" busy={change.isPending}>
          Change password
        </Button>
      </form>
    </Panel>
  );
}
