"use client";

import { type FormEvent, useState } from "react";
import { Button } from "@/app/components/button";
import { Field, Input } from "@/app/components/form-fields";
import { Notice } from "@/app/components/notice";
import { signInWithPassword } from "../sign-in";

export function LoginForm({ next, refusal }: { next: string; refusal: string | null }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(refusal);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    const problem = await signInWithPassword(String(form.get("email")), String(form.get("password")));
    // A full load: everything that was kept for the last person is gone.
    if (problem === null) window.location.assign(next);
    else {
      setError(problem);
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="grid gap-4">
      <h1 className="font-semibold text-xl">Sign in</h1>
      {error && <Notice tone="bad">{error}</Notice>}
      <Field label="Email">
        <Input name="email" type="email" autoComplete="username" required autoFocus />
      </Field>
      <Field label="Password">
        <Input name="password" type="password" autoComplete="current-password" required />
      </Field>
      <Button type="submit" variant="primary" busy={busy}>
        Sign in
      </Button>
    </form>
  );
}
