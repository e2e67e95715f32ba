import type { NextAuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import "./next-auth-types";
import { signIn } from "./sign-in";

const SESSION_SECONDS = 7 * 24 * 3600;

/** The secret is not named here: next-auth reads NEXTAUTH_SECRET when the first request comes, so a build needs none. */
export const authOptions: NextAuthOptions = {
  session: { strategy: "jwt", maxAge: SESSION_SECONDS },
  pages: { signIn: "/login" },
  providers: [
    Credentials({
      name: "Password",
      credentials: { email: { type: "email" }, password: { type: "password" } },
      authorize: (credentials, request) => signIn(credentials, clientAddress(request.headers)),
    }),
  ],
  callbacks: {
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
};

function clientAddress(headers: Record<string, unknown> | undefined): string {
  return String(headers?.["x-forwarded-for"] ?? "direct").split(",")[0] ?? "direct";
}
