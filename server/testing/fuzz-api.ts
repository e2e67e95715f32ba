import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import fc from "fast-check";
import superjson from "superjson";
import type { z } from "zod";
import { paths } from "@/domain/paths";
import { storableText } from "@/domain/storable-text";
import type { CurrentUser } from "../access/current-user";
import { appRouter } from "../api/root";
import { inputOf, type Known } from "./hostile-values";
import type { HostileWorld } from "./hostile-world";

const ENDPOINT = "http://localhost/api/trpc";
/** What a stream says before its first event can wait for ever, so no more than its beginning is read. */
const STREAM_MILLISECONDS = 60;

type Procedure = { _def: { type: "query" | "mutation" | "subscription"; inputs: z.ZodType[] } };

/** Every procedure of the API, with the schemas that its input goes through. */
export const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>).map(
  ([path, { _def }]) => ({ path, type: _def.type, inputs: _def.inputs }),
);

/** Makes inputs of a procedure: what each of its schemas asks for, in one object. */
export const inputsOf = ({ inputs }: { inputs: z.ZodType[] }, known: Known): fc.Arbitrary<unknown> =>
  fc.tuple(...inputs.map((schema) => inputOf(schema, known))).map((parts) => {
    const odd = parts.filter((part) => typeof part !== "object" || part === null || Array.isArray(part));
    if (odd.length > 0) return odd[0];
    // Copied by definition, since an assignment to `__proto__` would change the object instead.
    const input = {};
    for (const part of parts) Object.defineProperties(input, Object.getOwnPropertyDescriptors(part));
    return input;
  });

export interface Answer {
  status: number;
  body: string;
}

/** Calls a procedure over its own transport, as a person or as nobody. */
export async function callOverHttp(
  { path, type }: { path: string; type: Procedure["_def"]["type"] },
  input: unknown,
  user: CurrentUser | null,
): Promise<Answer> {
  return callRaw({ path, isPost: type === "mutation", user, sent: serialize(input) });
}

/** Writes an input as the pages do. What their writer refuses to write, such as a field `constructor`, an attacker sends. */
function serialize(input: unknown): string {
  try {
    return superjson.stringify(input);
  } catch {
    return JSON.stringify({ json: input }, (_, value) => (typeof value === "bigint" ? String(value) : value));
  }
}

/** Sends a text as the input, whatever it is. */
export async function callRaw(call: {
  path: string;
  isPost: boolean;
  user: CurrentUser | null;
  sent: string;
}): Promise<Answer> {
  const { isPost, path, user, sent } = call;
  const stop = new AbortController();
  const query = isPost ? "" : `?input=${encodeURIComponent(storableText(sent))}`;
  const request = new Request(`${ENDPOINT}/${path}${query}`, {
    signal: stop.signal,
    ...(isPost && { method: "POST", body: sent, headers: { "content-type": "application/json" } }),
  });
  const response = await fetchRequestHandler({
    endpoint: paths.api,
    req: request,
    router: appRouter,
    createContext: () => ({ user, address: "192.0.2.1" }),
  });
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  const body = isStream ? await beginningOf(response) : await response.text();
  stop.abort();
  return { status: response.status, body };
}

async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  const late = new Promise<{ done: true; value: undefined }>((resolve) =>
    setTimeout(() => resolve({ done: true, value: undefined }), STREAM_MILLISECONDS),
  );
  let read = "";
  for (;;) {
    const { done, value } = await Promise.race([reader.read(), late]);
    if (done) break;
    read += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return read;
}

/** Says whether the server failed, where it should have answered or refused. */
export const isFailure = ({ status, body }: Answer): boolean => status >= 500 || body.includes("INTERNAL_SERVER_ERROR");

/** Sends a procedure inputs of its shape and others, as everybody, and fails at the first answer that is a failure. */
export async function fuzzProcedure(procedure: (typeof procedures)[number], world: HostileWorld, runs: number) {
  const statuses = new Set<number>();
  for (const user of [world.admin, world.annotator, null])
    await fc.assert(
      fc.asyncProperty(inputsOf(procedure, world.known), async (input) => {
        const answer = await callOverHttp(procedure, input, user);
        statuses.add(answer.status);
        if (isFailure(answer)) throw new Error(`${answer.status}: ${answer.body.slice(0, 2_000)}`);
      }),
      { numRuns: runs, endOnFailure: true },
    );
  return statuses;
}
