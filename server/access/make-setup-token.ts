import { database } from "../database/client";
import { makeToken } from "./one-time-token";

/** Makes a new token for the first admin; null where there is a person already. Earlier unused tokens stop working. */
export async function makeSetupToken(): Promise<string | null> {
  return database().$transaction(async (tx) => {
    if ((await tx.user.count()) > 0) return null;
    const { token, tokenHash } = makeToken();
    await tx.setupToken.deleteMany({ where: { usedAt: null } });
    await tx.setupToken.create({ data: { tokenHash } });
    return token;
  });
}

/** Tells whether nobody has an account yet, so that the first admin is to be created. */
export async function setupState(): Promise<{ needsFirstAdmin: boolean }> {
  return { needsFirstAdmin: (await database().user.findFirst({ select: { id: true } })) === null };
}
