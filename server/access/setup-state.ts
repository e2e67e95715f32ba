import { database } from "../database/client";

/** Tells whether nobody has an account yet, so that the first admin is to be created. */
export async function setupState(): Promise<{ needsFirstAdmin: boolean }> {
  return { needsFirstAdmin: (await database().user.findFirst({ select: { id: true } })) === null };
}
