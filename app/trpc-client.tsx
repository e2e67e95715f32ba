"use client";

import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createTRPCClient,
  httpBatchLink,
  httpSubscriptionLink,
  splitLink,
  TRPCClientError,
  type TRPCLink,
} from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { observable } from "@trpc/server/observable";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { type ReactNode, useState } from "react";
import superjson from "superjson";
import { MOST_CALLS, PERSON_HEADER, paths } from "@/domain/paths";
import type { AppRouter } from "@/server/api/root";
import { sessionEnd } from "./components/session-end";

/** What the server answers, by router and procedure: `Outputs["prompts"]["list"]`. */
export type Outputs = inferRouterOutputs<AppRouter>;
export type Inputs = inferRouterInputs<AppRouter>;

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

const url = paths.api;

// A refusal is an answer; only a lost connection is worth a second try.
const isRefusal = (error: Error) => error instanceof TRPCClientError && error.data !== undefined;

/**
 * The session has ended. A page on which people write asks for the password in place; from others it goes to the login page,
 * and back here afterwards.
 */
function onQueryError(error: Error): void {
  if (!(error instanceof TRPCClientError) || error.data?.code !== "UNAUTHORIZED" || sessionEnd.isAskedInPlace) return;
  const { pathname, search } = window.location;
  window.location.assign(paths.login({ next: pathname + search }));
}

/** Notices the end of the session by the answer to any call. */
const watchSession: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    observable((observer) =>
      next(op).subscribe({
        next: (value) => observer.next(value),
        error: (error) => {
          if (error.data?.code === "UNAUTHORIZED" && sessionEnd.isAskedInPlace) sessionEnd.set(true);
          observer.error(error);
        },
        complete: () => observer.complete(),
      }),
    );

/** Says whose page it is that calls. */
export const personHeaders = (): Record<string, string> =>
  sessionEnd.person === null ? {} : { [PERSON_HEADER]: sessionEnd.person };

function makeQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: onQueryError }),
    defaultOptions: { queries: { staleTime: 5_000, retry: (count, error) => !isRefusal(error) && count < 3 } },
  });
}

/** Calls are batched; subscriptions (live progress) use server-sent events. */
export function TrpcClientProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(makeQueryClient);
  const [client] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [
        watchSession,
        splitLink({
          condition: (operation) => operation.type === "subscription",
          true: httpSubscriptionLink({ url, transformer: superjson }),
          false: httpBatchLink({
            url,
            transformer: superjson,
            maxURLLength: 4_000,
            maxItems: MOST_CALLS,
            headers: personHeaders,
          }),
        }),
      ],
    }),
  );
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
