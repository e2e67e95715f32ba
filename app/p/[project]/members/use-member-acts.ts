"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { errorText } from "@/app/components/error-text";
import { toast, undoToast } from "@/app/components/toast";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";

type Member = Outputs["members"]["list"][number];
type Role = Member["role"];

/** What an admin can do with a member; each can be undone for ten seconds. */
export function useMemberActs(member: Pick<Member, "id" | "name" | "role">) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const { slug: project } = useProject();
  const options = {
    onSuccess: () => {
      void queryClient.invalidateQueries(trpc.members.pathFilter());
      router.refresh(); // the own role may be another now
    },
    onError: (error: unknown) => void toast({ tone: "bad", title: errorText(error) }),
  };
  const change = useMutation(trpc.members.changeRole.mutationOptions(options));
  const removal = useMutation(trpc.members.remove.mutationOptions(options));
  const restoration = useMutation(trpc.members.restore.mutationOptions(options));
  const who = { project, userId: member.id };
  const { name, role: before } = member;

  return {
    busy: change.isPending || removal.isPending,
    changeRole(role: Role) {
      change.mutate(
        { ...who, role },
        {
          onSuccess: () =>
            void undoToast(`${name} is now ${ROLE_WORDS[role]}`, () => change.mutate({ ...who, role: before })),
        },
      );
    },
    remove() {
      removal.mutate(who, {
        onSuccess: () =>
          void undoToast(`${name} is no longer in this project; their labels stay`, () =>
            restoration.mutate({ ...who, role: before }),
          ),
      });
    },
  };
}

export const ROLE_WORDS: Record<Role, string> = { admin: "an admin", annotator: "an annotator" };
