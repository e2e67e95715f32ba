"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useReducer } from "react";
import { useTRPC } from "@/app/trpc-client";
import { figuresAfter, NO_FIGURES } from "./run-figures";

/** A run as it goes. The server sends all there is first, and again after a lost connection; then what changes. */
export function useLiveRun(project: string, runId: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const options = trpc.runs.get.queryOptions({ project, runId });
  const run = useQuery(options);
  const [figures, dispatch] = useReducer(figuresAfter, NO_FIGURES);
  const { reset: watchAgain } = useSubscription(
    trpc.runs.watch.subscriptionOptions(
      { project, runId },
      {
        onData: (event) => {
          if (event.type === "state" || event.type === "snapshot")
            // An answer that is still on its way is older than what the stream says.
            void queryClient
              .cancelQueries({ queryKey: options.queryKey }, { revert: false, silent: true })
              .then(() => queryClient.setQueryData(options.queryKey, event.run));
          if (event.type === "rollouts" || event.type === "snapshot")
            void queryClient.invalidateQueries(trpc.runs.rollouts.queryFilter({ project, runId }));
          if (event.type !== "state" && event.type !== "rollouts") dispatch(event);
        },
      },
    ),
  );
  // The stream ends with the run; one that goes on has to be watched anew.
  return { run, ...figures, watchAgain };
}
