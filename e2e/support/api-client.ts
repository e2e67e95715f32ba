import { createTRPCClient, httpLink, type TRPCClient } from "@trpc/client";
import superjson from "superjson";
import type { AppRouter } from "@/server/api/root";

export type ApiClient = TRPCClient<AppRouter>;

/** The API as a browser calls it, over HTTP, with the session that `cookie` belongs to. */
export const apiClient = (url: string, cookie = ""): ApiClient =>
  createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${url}/api/trpc`, transformer: superjson, headers: { cookie } })],
  });

/** Signs in with a password, as the login form does. */
export const signInOverHttp = async (url: string, email: string, password: string): Promise<ApiClient> =>
  apiClient(url, await sessionOverHttp(url, email, password));

/** Signs in with a password and gives the cookie of the session. */
export async function sessionOverHttp(url: string, email: string, password: string): Promise<string> {
  const asked = await fetch(`${url}/api/auth/csrf`);
  const { csrfToken } = (await asked.json()) as { csrfToken: string };
  const answered = await fetch(`${url}/api/auth/callback/credentials`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie: cookiesOf(asked) },
    body: new URLSearchParams({ csrfToken, email, password, json: "true" }),
    redirect: "manual",
  });
  const cookie = cookiesOf(answered);
  if (!cookie.includes("session-token")) throw new Error(`${email} could not sign in: status ${answered.status}`);
  return cookie;
}

const cookiesOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
