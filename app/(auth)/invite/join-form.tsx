"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { type FormEvent, useState } from "react";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { Notice } from "@/app/components/notice";
import { useTRPC } from "@/app/trpc-client";
import { paths, pathsOf } from "@/domain/paths";
import { NewAccountFields } from "../new-account-fields";
import { signInWithPassword } from "../sign-in";

/** For a new person: makes the account, joins the project and signs in. */
export function JoinForm({ token, email }: { token: string; email: string | null }) {
  const trpc = useTRPC();
  const join = useMutation(trpc.access.joinByInvitation.mutationOptions());
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const field = (name: string) => String(form.get(name) ?? "");
    setBusy(true);
    const person = { name: field("name"), email: field("email"), password: field("password") };
    const joined = await join.mutateAsync({ token, ...person }).catch(() => null); // shown below as join.error
    if (!joined) return setBusy(false);
    const problem = await signInWithPassword(joined.email, person.password);
    window.location.assign(problem === null ? pathsOf(joined.project).overview : paths.login());
  }

  return (
    <form onSubmit={submit} className="grid gap-4">
      {join.error && <Notice tone="bad">{errorText(join.error)}</Notice>}
      <NewAccountFields email={email} />
      <Button type="submit" variant="primary" busy={busy}>
        Create account and join
      </Button>
      <p className="text-muted">
        Already have an account?{" "}
        <Link className="link" href={paths.login({ next: paths.invitation(token) })}>
          Sign in
        </Link>{" "}
        to join with it.
      </p>
    </form>
  );
}
