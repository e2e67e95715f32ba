"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { errorText } from "../components/error-text";
import { toast, undoToast } from "../components/toast";
import { useTRPC } from "../trpc-client";

/** What the instance's admin can do with a person; shutting somebody out can be undone for ten seconds, and later as well. */
export function usePersonActs({ id: userId, name }: { id: string; name: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const refresh = () => void queryClient.invalidateQueries(trpc.people.pathFilter());
  const onError = (error: unknown) => void toast({ tone: "bad", title: errorText(error) });
  const reactivation = useMutation(
    trpc.people.reactivate.mutationOptions({
      onError,
      onSuccess: () => {
        refresh();
        toast({ tone: "good", title: `${name} may sign in again` });
      },
    }),
  );
  const reactivate = () => reactivation.mutate({ userId });
  const deactivation = useMutation(
    trpc.people.deactivate.mutationOptions({
      onError,
      onSuccess: ({ takenOver }) => {
        refresh();
        undoToast(`${name} is signed out and can't sign in; what they gave stays`, reactivate);
        if (takenOver.length > 0)
          toast({ title: `You are now an admin of ${takenOver.join(", ")}`, detail: `Only ${name} was one.` });
      },
    }),
  );
  return { deactivate: () => deactivation.mutate({ userId }), reactivate };
}
