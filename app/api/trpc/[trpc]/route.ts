import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { MOST_CALLS, paths } from "@/domain/paths";
import { appRouter, createContext } from "@/server/api/root";

const handler = (request: Request) =>
  fetchRequestHandler({
    endpoint: paths.api,
    req: request,
    router: appRouter,
    maxBatchSize: MOST_CALLS,
    createContext: ({ req }) => createContext(req.headers),
  });

export { handler as GET, handler as POST };
export const dynamic = "force-dynamic";
