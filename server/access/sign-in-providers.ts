import type { Profile } from "next-auth";
import type { OAuthConfig, UserinfoEndpointHandler } from "next-auth/providers/oauth";
import { type ProviderSettings, settings } from "../settings";

/** A service's account of a person; `email` counts only where the service says that it has verified it. */
interface Claims {
  sub: string;
  name?: string | null;
  email?: string | null;
  email_verified?: boolean | "true" | "false";
}

const HTTP = { httpOptions: { timeout: 10_000 } };

/** The services that the environment names, in the order of the login page's buttons. */
export function signInProviders(): OAuthConfig<Claims>[] {
  const { oidc, google, github } = settings().signIn;
  return [
    ...(oidc ? [openIdConnect("oidc", oidc.name, oidc.issuer, oidc)] : []),
    ...(google ? [openIdConnect("google", "Google", "https://accounts.google.com", google)] : []),
    ...(github ? [gitHub(github)] : []),
  ];
}

/** The id and the name of each service, for the login page. */
export const listSignInProviders = (): { id: string; name: string }[] =>
  signInProviders().map(({ id, name }) => ({ id, name }));

function openIdConnect(id: string, name: string, issuer: string, client: ProviderSettings): OAuthConfig<Claims> {
  return {
    id,
    name,
    type: "oauth",
    ...client,
    ...HTTP,
    wellKnown: `${issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`,
    authorization: { params: { scope: "openid email profile" } },
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    userinfo: { request: readClaims },
    profile,
  };
}

/** Some issuers put the address into the id token, others only into the answer to the access token. */
const readClaims: UserinfoEndpointHandler["request"] = async ({ client, tokens }) => {
  const inToken: Partial<Claims> = typeof tokens.claims === "function" ? tokens.claims() : {};
  if (!client.issuer.metadata.userinfo_endpoint) return asProfile(inToken);
  const told = await client.userinfo<Partial<Claims>>(tokens.access_token ?? "");
  if (told.sub !== inToken.sub) throw new Error("the issuer's two answers are of two people");
  return asProfile({ ...inToken, ...told });
};

/** The type of next-auth knows no null. */
const asProfile = ({ name, email, ...rest }: Partial<Claims>): Profile => ({
  ...rest,
  name: name ?? undefined,
  email: email ?? undefined,
});

function gitHub(client: ProviderSettings): OAuthConfig<Claims> {
  return {
    id: "github",
    name: "GitHub",
    type: "oauth",
    ...client,
    ...HTTP,
    authorization: {
      url: "https://github.com/login/oauth/authorize",
      params: { scope: "read:user user:email" },
    },
    token: "https://github.com/login/oauth/access_token",
    userinfo: { request: async ({ tokens }) => asProfile(await readGitHub(tokens.access_token ?? "")) },
    checks: ["state"],
    profile,
  };
}

/**
 * The address on a profile is anything its owner likes; the list of addresses says which one is primary and verified.
 */
export async function readGitHub(accessToken: string, fetchJson = fetchGitHub): Promise<Claims> {
  const user = (await fetchJson("https://api.github.com/user", accessToken)) as {
    id: number;
    login: string;
    name: string | null;
  };
  const emails = (await fetchJson("https://api.github.com/user/emails", accessToken)) as {
    email: string;
    primary: boolean;
    verified: boolean;
  }[];
  const primary = emails.find((entry) => entry.primary);
  return {
    sub: String(user.id),
    name: user.name ?? user.login,
    email: primary?.email,
    email_verified: primary?.verified ?? false,
  };
}

async function fetchGitHub(url: string, accessToken: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${accessToken}`, accept: "application/vnd.github+json" };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

const profile = ({ sub, name, email, email_verified }: Claims) => ({
  id: sub,
  name: name ?? null,
  email: email_verified === true || email_verified === "true" ? (email ?? null) : null,
  sessionVersion: 0, // the id is nobody's, since the sign-in callback puts our own person in its place
});
