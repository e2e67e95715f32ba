"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ResetLinkDialog } from "@/app/components/reset-link-dialog";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";

type Props = { userId: string; name: string; onOpenChange: (open: boolean) => void };

/** Makes a link by which a member sets a new password. */
export function MemberResetLink({ userId, name, onOpenChange }: Props) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { slug: project } = useProject();
  const make = useMutation(
    trpc.members.makePasswordReset.mutationOptions({
      onSuccess: () => void queryClient.invalidateQueries(trpc.members.audit.pathFilter()),
    }),
  );
  return (
    <ResetLinkDialog
      name={name}
      make={make}
      onMake={() => make.mutate({ project, userId })}
      onOpenChange={onOpenChange}
    />
  );
}
