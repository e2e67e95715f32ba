import { getServerSession } from "next-auth";
import { database } from "../database/client";
import type { CurrentUser } from "./actor";
import { authOptions } from "./auth-options";

export type { CurrentUser };

/**
 * Reads the signed-in person of the request at hand anew from the database, since a session is only a claim. Null where
 * the person is gone or deactivated, or has changed the password since the session began.
 */
export async function currentUser(): Promise<CurrentUser | null> {
  const session = await getServerSession(authOptions);
  return session?.userId ? readSessionUser(session.userId, session.sessionVersion) : null;
}

export async function readSessionUser(userId: string, sessionVersion: number): Promise<CurrentUser | null> {
  return database().user.findFirst({
    where: { id: userId, sessionVersion, deactivatedAt: null },
    select: { id: true, email: true, name: true, instanceRole: true, sessionVersion: true },
  });
}
