"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { Badge, type Tone } from "@/app/components/badge";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { Loaded } from "@/app/components/loaded";
import { Panel } from "@/app/components/panel";
import { RelativeTime } from "@/app/components/relative-time";
import { toast, undoToast } from "@/app/components/toast";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";
import { InviteDialog } from "./invite-dialog";

type Invitation = Outputs["members"]["invitations"][number];

const TONES: Record<Invitation["status"], Tone> = {
  open: "accent",
  used: "good",
  expired: "neutral",
  revoked: "warn",
  void: "warn",
};
const STATUS_WORDS: Record<Invitation["status"], string> = {
  open: "open",
  used: "used",
  expired: "expired",
  revoked: "revoked",
  void: "no longer valid",
};

export function InvitationPanel() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const invitations = useQuery(trpc.members.invitations.queryOptions({ project: slug }));
  const [inviting, setInviting] = useState(false);
  return (
    <Panel
      title="Invitations"
      actions={
        <Button size="sm" variant="primary" icon={<UserPlus />} onClick={() => setInviting(true)}>
          Invite
        </Button>
      }
    >
      <Loaded query={invitations}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="text-muted">
              Nobody has been invited yet. An invitation is a link that you pass on yourself.
            </p>
          ) : (
            <ul className="-my-2 divide-y divide-line">
              {rows.map((row) => (
                <InvitationRow key={row.id} invitation={row} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {inviting && <InviteDialog onOpenChange={setInviting} />}
    </Panel>
  );
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { slug: project } = useProject();
  const options = {
    onSuccess: () => void queryClient.invalidateQueries(trpc.members.pathFilter()),
    onError: (error: unknown) => void toast({ tone: "bad", title: errorText(error) }),
  };
  const revoke = useMutation(trpc.members.revokeInvitation.mutationOptions(options));
  const restore = useMutation(trpc.members.restoreInvitation.mutationOptions(options));
  const { id, email, role, status, createdBy, createdAt, expiresAt, usedBy, usedAt } = invitation;
  const one = { project, invitationId: id };
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <Badge tone={TONES[status]}>{STATUS_WORDS[status]}</Badge>
      <span className="[overflow-wrap:anywhere]">{email ?? "Anyone with the link"}</span>
      <span className="text-muted">{role}</span>
      <span className="ml-auto text-faint text-xs">
        by {createdBy.name} <RelativeTime date={createdAt} />
        {usedBy && usedAt ? (
          <>
            {" · "}used by {usedBy.name} <RelativeTime date={usedAt} />
          </>
        ) : (
          <>
            {" · "}
            {status === "void" ? (
              "the rights or the password of whoever made it have changed since"
            ) : (
              <>
                {status === "expired" ? "ended" : "ends"} <RelativeTime date={expiresAt} />
              </>
            )}
          </>
        )}
      </span>
      {status === "open" && (
        <Button
          size="sm"
          variant="danger"
          busy={revoke.isPending}
          onClick={() =>
            revoke.mutate(one, { onSuccess: () => void undoToast("Invitation revoked", () => restore.mutate(one)) })
          }
        >
          Revoke
        </Button>
      )}
    </li>
  );
}
