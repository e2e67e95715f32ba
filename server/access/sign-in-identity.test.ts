import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createCaller } from "../api/root";
import { database } from "../database/client";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, makeUser } from "../testing/test-rows";
import { readSessionUser } from "./current-user";
import { signIn } from "./sign-in";
import { signInIdentity } from "./sign-in-identity";

withTestDatabase();

const password = "a long enough password";
const tokenOf = (path: string) => new URL(path, "http://x").searchParams.get("token") ?? "";
const as = (user: Awaited<ReturnType<typeof makeUser>> | null) => createCaller({ user, address: randomUUID() });
const enter = (email: string) => signIn({ email, password }, randomUUID());
const comeIn = (email: string, signedInId: string | null = null) =>
  signInIdentity({ name: "Owner", verifiedEmail: email, signedInId });

async function scene() {
  const ada = await makeUser("Ada");
  const { slug: project } = await makeProject(ada);
  const email = `x-${randomUUID().slice(0, 8)}@example.org`;
  const invite = async (input: { role?: "admin" | "annotator"; email?: string } = {}) =>
    tokenOf((await as(ada).members.invite({ project, role: "annotator", ...input })).path);
  /** Makes an account with a password for the address, as whoever holds a link can. */
  const join = async (input: { role?: "admin" | "annotator"; email?: string } = {}) => {
    await as(null).access.joinByInvitation({ token: await invite(input), name: "Somebody", email, password });
    return database().user.findUniqueOrThrow({ where: { email } });
  };
  return { ada, project, email, invite, join };
}

describe("an address that nobody has verified", () => {
  it("loses the password, its sessions and links when the owner comes in by another service", async () => {
    const { ada, project, email, join } = await scene();
    const squatter = await join();
    const reset = tokenOf((await as(ada).members.makePasswordReset({ project, userId: squatter.id })).path);
    expect(await enter(email)).toMatchObject({ sessionVersion: 1 });

    expect(await comeIn(email)).toMatchObject({ user: { id: squatter.id, sessionVersion: 2 } });
    expect(await enter(email)).toBeNull();
    expect(await readSessionUser(squatter.id, 1)).toBeNull();
    await expect(as(null).access.resetPassword({ token: reset, password })).rejects.toMatchObject({
      cause: { code: "password-reset-invalid" },
    });
    const owner = await database().user.findUniqueOrThrow({ where: { email } });
    expect(owner).toMatchObject({ passwordHash: null, emailVerifiedAt: expect.any(Date) });
    expect(await comeIn(email)).toMatchObject({ user: { sessionVersion: 2 } });
  });

  it("keeps the password of an owner who proves both: signed in with it, and come back from the service", async () => {
    const { email, join } = await scene();
    const { id } = await join();
    expect(await comeIn(email, id)).toMatchObject({ user: { id, sessionVersion: 1 } });
    expect(await enter(email)).toMatchObject({ id });
    expect(await comeIn(email)).toMatchObject({ user: { id, sessionVersion: 1 } });
  });

  it("does not hand over a project or the instance to whoever has an address that somebody typed", async () => {
    const { email, join } = await scene();
    const { id } = await join({ role: "admin" });
    expect(await comeIn(email)).toEqual({ refused: "confirm-first" });
    expect(await enter(email)).toMatchObject({ id, sessionVersion: 1 });
    expect(await comeIn(email, id)).toMatchObject({ user: { id } });

    const boss = await makeUser("Boss", "admin");
    expect(await comeIn(boss.email)).toEqual({ refused: "confirm-first" });
    expect(await comeIn(boss.email, id)).toEqual({ refused: "confirm-first" });
  });

  it("is handed over with a project that an invitation to this very address gave it", async () => {
    const { email, join } = await scene();
    const { id } = await join({ role: "admin", email });
    expect(await comeIn(email)).toMatchObject({ user: { id, sessionVersion: 2 } });
    expect(await enter(email)).toBeNull();
  });
});

describe("an address whose owner came in by another service first", () => {
  it("gets no password from an invitation link, whoever holds it", async () => {
    const { email, invite } = await scene();
    await invite({ email });
    const came = await comeIn(email);
    expect(came).toMatchObject({ user: { email } });
    for (const token of [await invite(), await invite({ email })]) {
      const join = as(null).access.joinByInvitation({ token, name: "Somebody", email, password });
      await expect(join).rejects.toMatchObject({ cause: { code: "account-conflict" } });
    }
    expect(await enter(email)).toBeNull();
    expect(await comeIn(email)).toEqual(came);
  });

  it("keeps a password that an admin's link gave it", async () => {
    const { ada, project, email, invite } = await scene();
    await invite({ email });
    await comeIn(email);
    const { id } = await database().user.findUniqueOrThrow({ where: { email } });
    const token = tokenOf((await as(ada).members.makePasswordReset({ project, userId: id })).path);
    await as(null).access.resetPassword({ token, password });
    expect(await comeIn(email)).toMatchObject({ user: { id, sessionVersion: 2 } });
    expect(await enter(email)).toMatchObject({ id });
  });

  it("is not let in by an invitation whose maker has lost the right to make it", async () => {
    const { ada, project, email, invite } = await scene();
    await invite({ email });
    const bo = await makeUser("Bo");
    await as(bo).access.acceptInvitation({ token: await invite({ role: "admin" }) });
    await as(bo).members.changeRole({ project, userId: ada.id, role: "annotator" });
    expect(await comeIn(email)).toEqual({ refused: "not-invited" });
  });
});
