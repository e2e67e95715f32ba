"use client";

import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { Field, Input } from "@/app/components/form-fields";
import { Notice } from "@/app/components/notice";
import { useTRPC } from "@/app/trpc-client";
import { paths } from "@/domain/paths";
import { signInWithPassword } from "../sign-in";

/** Sets the password, which ends every session of the account, and signs in anew. */
export function ResetForm({ token, name, email }: { token: string; name: string; email: string }) {
  const trpc = useTRPC();
  const reset = useMutation(
    trpc.access.resetPassword.mutationOptions({
      onSuccess: async (answer, { password }) => {
        const problem = await signInWithPassword(answer.email, password);
        window.location.assign(problem === null ? "/" : paths.login());
      },
    }),
  );
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    reset.mutate({ token, password: String(new FormData(event.currentTarget).get("password")) });
  }
  return (
    <form onSubmit={submit} className="grid gap-4">
      <div>
        <h1 className="font-semibold text-xl">New password</h1>
        <p className="mt-1 text-muted [overflow-wrap:anywhere]">
          Choose a new password for {name} ({email}). You will be signed out everywhere else.
        </p>
      </div>
      {reset.error && <Notice tone="bad">{errorText(reset.error)}</Notice>}
      <input type="hidden" name="username" autoComplete="username" value={email} />
      <Field label="New password" hint="At least 10 characters.">
        <Input
          name="password"
          type="password"
          required
          minLength={10}
          maxLength={200}
          autoComplete="new-password"
          autoFocus
        />
      </Field>
      <Button type="submit" variant="primary" busy={reset.isPending || reset.isSuccess}>
        Set password and sign in
      </Button>
    </form>
  );
}
