"use client";

import { useMutation } from "@tanstack/react-query";
import { signOut } from "next-auth/react";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { Notice } from "@/app/components/notice";
import { useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";

/** For somebody who is signed in: one click, or out again if it is not them who was meant. */
export function AcceptInvitation({ token, me }: { token: string; me: string }) {
  const trpc = useTRPC();
  const accept = useMutation(
    trpc.access.acceptInvitation.mutationOptions({
      onSuccess: ({ project }) => window.location.assign(pathsOf(project).overview),
    }),
  );
  async function leave() {
    await signOut({ redirect: false });
    window.location.reload();
  }
  return (
    <div className="grid gap-4">
      {accept.error && <Notice tone="bad">{errorText(accept.error)}</Notice>}
      <p className="[overflow-wrap:anywhere]">You are signed in as {me}.</p>
      <Button variant="primary" busy={accept.isPending || accept.isSuccess} onClick={() => accept.mutate({ token })}>
        Join
      </Button>
      <Button variant="quiet" onClick={() => void leave()}>
        Not you? Sign out
      </Button>
    </div>
  );
}
