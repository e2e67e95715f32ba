import type { NextAuthOptions, User } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { DomainError } from "@/domain/errors";
import { logger } from "../logger";
import { clientAddress } from "./client-address";
import "./next-auth-types";
import { paths } from "@/domain/paths";
import { signIn } from "./sign-in";
import { signInIdentity } from "./sign-in-identity";
import { signInProviders } from "./sign-in-providers";

const SESSION_SECONDS = 7 * 24 * 3600;

/** Tells who is signed in already, in the browser that sends a request; null where nobody is. */
type WhoIsHere = () => Promise<{ id: string } | null>;

/**
 * The secret is not named here, since next-auth reads NEXTAUTH_SECRET when the first request comes. The providers are
 * read when asked for, so that a build needs none of the environment.
 */
export const authOptionsFor = (whoIsHere: WhoIsHere): NextAuthOptions => ({
  session: { strategy: "jwt", maxAge: SESSION_SECONDS },
  pages: { signIn: paths.login(), error: paths.login() },
  logger: {
    error: (code, metadata) =>
      logger.error({ code, err: metadata instanceof Error ? metadata : metadata.error }, "sign-in"),
    warn: (code) => logger.warn({ code }, "sign-in"),
    debug: () => undefined, // next-auth's debug log would write tokens and addresses
  },
  get providers() {
    return [
      Credentials({
        name: "Password",
        credentials: { email: { type: "email" }, password: { type: "password" } },
        authorize: (credentials, request) => signIn(credentials, clientAddress(request.headers)),
      }),
      ...signInProviders(),
    ];
  },
  callbacks: {
    signIn: async ({ user, account }) => (account?.type === "oauth" ? admitIdentity(user, whoIsHere) : true),
    jwt({ token, user }) {
      if (user) {
        token.userId = user.id;
        token.sessionVersion = user.sessionVersion;
      }
      return token;
    },
    session({ session, token }) {
      session.userId = token.userId;
      session.sessionVersion = token.sessionVersion;
      return session;
    },
  },
});

/** The options with which sessions are read. */
export const authOptions = authOptionsFor(async () => null);

/**
 * Puts our person in the place of the other service's: next-auth hands this object on to the token. A string instead of
 * `true` is the address to which a refused person is sent.
 */
async function admitIdentity(user: Partial<User>, whoIsHere: WhoIsHere): Promise<true | string> {
  try {
    const answer = await signInIdentity({
      ...{ name: user.name ?? null, verifiedEmail: user.email ?? null },
      signedInId: (await whoIsHere())?.id ?? null,
    });
    if ("refused" in answer) return paths.login({ error: answer.refused });
    Object.assign(user, answer.user);
    return true;
  } catch (error) {
    if (error instanceof DomainError && error.code === "too-many-attempts")
      return paths.login({ error: "too-many-attempts" });
    throw error;
  }
}
