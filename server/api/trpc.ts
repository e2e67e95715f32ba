import { getTRPCErrorFromUnknown, initTRPC, TRPCError } from "@trpc/server";
import superjson from "superjson";
import { z } from "zod";
import { DomainError } from "@/domain/errors";
import { PERSON_HEADER } from "@/domain/paths";
import { storableInput } from "@/domain/storable-text";
import { requireAdmin, requireInstanceAdmin, requireMember } from "../access/actor";
import { clientAddress } from "../access/client-address";
import { type CurrentUser, currentUser } from "../access/current-user";
import { findMembership } from "../access/find-membership";
import { watchRights, whileAllowed } from "../access/keep-rights";
import { projectChanged } from "../projects/watch-overview";
import { describeError, toTransportError } from "./errors";

export interface Context {
  user: CurrentUser | null;
  /** The address that the request came from, for rate limits. */
  address?: string;
}

/** The signed-in person, read for each request, so that a session that has ended is noticed at once. */
export const createContext = async (headers?: Headers): Promise<Context> => ({
  user: await userOfPage(headers),
  address: clientAddress(headers),
});

/**
 * Where another person has signed in in the same browser, a page that still shows the first one's work sends the second
 * one's session. The page says whose it is, and nothing that it asks for is done in another's name.
 */
async function userOfPage(headers?: Headers): Promise<CurrentUser | null> {
  const user = await currentUser();
  const pageOf = headers?.get(PERSON_HEADER) ?? null;
  return pageOf !== null && user?.id !== pageOf ? null : user;
}

const t = initTRPC.context<Context>().create({
  transformer: superjson,
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    message: describeError(error).userMessage,
    data: { ...shape.data, stack: undefined, ...describeError(error) },
  }),
  sse: { ping: { enabled: true, intervalMs: 5_000 }, client: { reconnectAfterInactivityMs: 15_000 } },
});

/** A caller inside the server may have no signal. */
const NEVER = new AbortController().signal;

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/**
 * Lets anyone call. Here alone a DomainError gets its transport code, and here every input is refused that holds a text
 * which can't be kept.
 */
export const publicProcedure = t.procedure
  .use(async ({ next, path, type }) => {
    const result = await next();
    if (!result.ok) throw toTransportError(result.error, path);
    return type === "subscription" ? { ...result, data: withTransportErrors(result.data, path) } : result;
  })
  .use(async ({ next, getRawInput }) => {
    const { error } = storableInput.safeParse(await readInput(getRawInput));
    if (error) throw new TRPCError({ code: "BAD_REQUEST", message: "a text can't be kept", cause: error });
    return next();
  });

/** Reads what was sent; an input that is none (damaged JSON, references to what is not there) is the sender's fault. */
async function readInput(getRawInput: () => Promise<unknown>): Promise<unknown> {
  try {
    return await getRawInput();
  } catch (error) {
    if (error instanceof TRPCError && error.code !== "INTERNAL_SERVER_ERROR") throw error;
    throw new TRPCError({ code: "BAD_REQUEST", message: "The input can't be read.", cause: error });
  }
}

/**
 * A subscription fails while it is read, after its procedure has returned. As an internal error it would be tried again
 * for ever.
 */
async function* withTransportErrors(events: unknown, path: string): AsyncGenerator<unknown> {
  try {
    yield* events as AsyncIterable<unknown>;
  } catch (error) {
    throw toTransportError(getTRPCErrorFromUnknown(error), path);
  }
}

/** Lets anyone call who is signed in. */
export const signedIn = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.user) throw new DomainError("signed-out", "no session", "Please sign in.");
  return next({ ctx: { user: ctx.user } });
});

/** Lets only the instance's admin call, who may create projects. */
export const instanceAdmin = signedIn.use(({ ctx, next }) => {
  requireInstanceAdmin(ctx.user);
  return next();
});

/**
 * Lets members of the project call whose slug is in the input, and gives the use cases its actor as `ctx.actor`.
 * Everyone else finds nothing there. A subscription listens until `ctx.until` aborts; it ends with the rights with which it
 * began.
 */
export const projectMember = signedIn
  .input(z.object({ project: z.string().min(1).max(100) }))
  .use(async ({ ctx, input, type, signal, next }) => {
    const actor = await findMembership(ctx.user.id, input.project);
    if (type !== "subscription") {
      const result = await next({ ctx: { actor, until: signal ?? NEVER } });
      if (type === "mutation" && result.ok) projectChanged(requireMember(actor).projectId);
      return result;
    }
    const end = new AbortController();
    const until = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
    const result = await next({ ctx: { actor, until } });
    if (!result.ok) return result;
    const rights = watchRights(ctx.user, input.project, actor);
    return { ...result, data: whileAllowed(result.data as AsyncIterable<unknown>, rights, end) };
  });

/** Lets only admins of the project call. */
export const projectAdmin = projectMember.use(({ ctx, next }) => {
  requireAdmin(ctx.actor);
  return next();
});
