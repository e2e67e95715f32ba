"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/app/components/button";
import { Dialog } from "@/app/components/dialog";
import { errorText } from "@/app/components/error-text";
import { Notice } from "@/app/components/notice";
import { RelativeTime } from "@/app/components/relative-time";
import { SecretLink } from "@/app/components/secret-link";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";

type Props = { userId: string; name: string; onOpenChange: (open: boolean) => void };

/** Makes a link by which a member sets a new password. */
export function ResetLinkDialog({ userId, name, onOpenChange }: Props) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { slug: project } = useProject();
  const make = useMutation(
    trpc.members.makePasswordReset.mutationOptions({
      onSuccess: () => void queryClient.invalidateQueries(trpc.members.audit.pathFilter()),
    }),
  );
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      title={`New password for ${name}`}
      description="Whoever opens the link can set the password, so give it to this person only."
      footer={
        make.data ? (
          <Button onClick={() => onOpenChange(false)}>Done</Button>
        ) : (
          <Button variant="primary" busy={make.isPending} onClick={() => make.mutate({ project, userId })}>
            Make the link
          </Button>
        )
      }
    >
      <div className="grid gap-3">
        {make.error && <Notice tone="bad">{errorText(make.error)}</Notice>}
        {make.data ? (
          <>
            <SecretLink path={make.data.path} label="Reset link" />
            <p className="text-muted">
              The link works once and expires <RelativeTime date={make.data.expiresAt} />. It will not be shown again.
            </p>
          </>
        ) : (
          <p>Any earlier link stops working. The current password stays valid until a new one is set.</p>
        )}
      </div>
    </Dialog>
  );
}
