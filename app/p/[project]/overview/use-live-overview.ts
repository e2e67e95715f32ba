"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useTRPC } from "@/app/trpc-client";

/** A project's overview as it is: the server sends it again whenever it has become another one, and nobody asks. */
export function useLiveOverview(project: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const options = trpc.projects.overview.queryOptions({ project });
  useSubscription(
    trpc.projects.watchOverview.subscriptionOptions(
      { project },
      {
        onData: (overview) =>
          // An answer that is still on its way may be older than what the stream says.
          void queryClient
            .cancelQueries({ queryKey: options.queryKey }, { revert: false, silent: true })
            .then(() => queryClient.setQueryData(options.queryKey, overview)),
      },
    ),
  );
  return useQuery(options);
}
