import { getServerSession } from "next-auth";
import type { InstanceRole } from "@/generated/prisma/client";
import { database } from "../database/client";
import { authOptions } from "./auth-options";

export interface CurrentUser {
  id: string;
  email: string;
  name: string;
  instanceRole: InstanceRole;
  /** The number of the password with which the session began; streams ask with it whether the session still holds. */
  sessionVersion: number;
}

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
