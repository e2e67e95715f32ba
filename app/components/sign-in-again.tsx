"use client";

import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { signInWithPassword } from "@/app/(auth)/sign-in";
import { useTRPCClient } from "@/app/trpc-client";
import { paths } from "@/domain/paths";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Field, Input } from "./form-fields";
import { Notice } from "./notice";
import { sessionEnd } from "./session-end";

/** Signs a person in again whose session has ended, or who has been replaced by another one in this browser. The page stays. */
export function SignInAgain({ person }: { person: { id: string; email: string } }) {
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const isEnded = useSyncExternalStore(
    sessionEnd.subscribe,
    () => sessionEnd.isEnded,
    () => false,
  );
  sessionEnd.setPerson(person.id);
  useEffect(() => sessionEnd.askInPlace(), []);

  /** The server knows by the page's person whether the right one is signed in now. */
  const goOnIfSignedIn = useCallback(async () => {
    const isSignedIn = await client.access.me.query().then(
      () => true,
      () => false,
    );
    if (!isSignedIn) return false;
    sessionEnd.restore();
    void queryClient.invalidateQueries();
    return true;
  }, [client, queryClient]);

  useEffect(() => {
    if (!isEnded) return;
    const look = () => void goOnIfSignedIn();
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, [isEnded, goOnIfSignedIn]);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get("password"));
    setBusy(true);
    const problem = await signInWithPassword(person.email, password);
    setError(problem ?? ((await goOnIfSignedIn()) ? null : "You are still signed out. Please try again."));
    setBusy(false);
  }

  return (
    <Dialog
      open={isEnded}
      onOpenChange={(open) => sessionEnd.set(open)}
      width="sm"
      title="Sign in again"
      description={`Your session has ended, or somebody else has signed in in this browser. Sign in as ${person.email} to go on; this page stays as it is.`}
    >
      <form onSubmit={(event) => void submit(event)} className="grid gap-3">
        {error && <Notice tone="bad">{error}</Notice>}
        <input type="hidden" name="email" autoComplete="username" value={person.email} readOnly />
        <Field label="Password">
          <Input name="password" type="password" autoComplete="current-password" required autoFocus />
        </Field>
        <div className="flex items-center justify-between gap-3">
          <a className="link text-xs" href={paths.login()} target="_blank" rel="noreferrer">
            Sign in in another way, in a new tab
          </a>
          <Button type="submit" variant="primary" busy={busy}>
            Sign in
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
