import { describe, expect, it } from "vitest";
import { createCaller } from "../api/root";
import { database } from "../database/client";
import { withTestDatabase } from "../testing/test-database";
import { changePassword } from "./change-password";
import { createFirstAdmin } from "./create-first-admin";
import { readSessionUser } from "./current-user";
import { makeSetupToken, setupState } from "./make-setup-token";
import { signIn } from "./sign-in";

withTestDatabase();

const password = "correct horse battery";
const ada = { name: "Ada", email: "ada@example.org", password };
const enter = (email: string, secret: string) => signIn({ email, password: secret }, "test");

// The tests tell one story in order, because an instance has its first admin once.
describe("the first admin", () => {
  it("needs the newest printed token, and only its hash is kept", async () => {
    expect(await setupState()).toEqual({ needsFirstAdmin: true });
    const older = await makeSetupToken();
    const token = await makeSetupToken();
    if (!older || !token) throw new Error("no token");
    expect(JSON.stringify(await database().setupToken.findMany())).not.toContain(token);
    for (const wrong of ["guess", older])
      await expect(createFirstAdmin({ ...ada, token: wrong })).rejects.toMatchObject({ code: "setup-token-invalid" });

    const answers = await Promise.allSettled(
      [1, 2, 3].map((n) => createFirstAdmin({ ...ada, email: `a${n}@example.org`, token })),
    );
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await database().user.count()).toBe(1);
    expect(await setupState()).toEqual({ needsFirstAdmin: false });
    expect(await makeSetupToken()).toBeNull();
    await expect(createFirstAdmin({ ...ada, token })).rejects.toMatchObject({ code: "setup-done-conflict" });
    const entries = await database().auditEntry.findMany({ where: { action: "access.createFirstAdmin" } });
    expect(entries).toHaveLength(1);
    await database().user.updateMany({ data: { email: ada.email } });
  });
});

describe("signing in", () => {
  it("takes the right password under any spelling of the address, and nothing else", async () => {
    expect(await enter(" ADA@example.org", password)).toMatchObject({ email: ada.email, sessionVersion: 1 });
    expect(await enter(ada.email, "wrong password")).toBeNull();
    expect(await enter("nobody@example.org", password)).toBeNull();
    expect(await signIn({ email: "no address" }, "test")).toBeNull();
  });

  it("stops after eight attempts a minute on one account", async () => {
    const attempts = [];
    for (let n = 0; n < 20; n++)
      attempts.push(await enter("target@example.org", "guess").catch((error: Error) => error.message));
    // The window may turn over once while the test tries: then there are two rounds of eight.
    expect(attempts.filter((answer) => answer === "RATE_LIMIT").length).toBeGreaterThanOrEqual(4);
  });

  it("ends every session when the password changes, and refuses a deactivated person", async () => {
    const user = await database().user.findUniqueOrThrow({ where: { email: ada.email } });
    expect(await readSessionUser(user.id, 1)).toMatchObject({ name: "Ada", instanceRole: "admin" });
    const change = { userId: user.id, next: "another long password" };
    await expect(changePassword({ ...change, current: "wrong" })).rejects.toMatchObject({ code: "password-wrong" });
    await changePassword({ ...change, current: password });
    expect(await readSessionUser(user.id, 1)).toBeNull();
    expect(await readSessionUser(user.id, 2)).not.toBeNull();
    await database().user.update({ where: { id: user.id }, data: { deactivatedAt: new Date() } });
    expect(await readSessionUser(user.id, 2)).toBeNull();
    expect(await enter(ada.email, "another long password")).toBeNull();
  });
});

describe("the API's edge", () => {
  const caller = createCaller({ user: null });

  it("says which field is wrong", async () => {
    const short = caller.access.createFirstAdmin({ ...ada, token: "x", password: "short" });
    await expect(short).rejects.toMatchObject({
      code: "BAD_REQUEST",
      message: expect.stringMatching(/at least 10 characters/),
    });
  });

  it("gives a refusal its status and its sentence for the person", async () => {
    const refused = caller.access.createFirstAdmin({ ...ada, token: "x" });
    await expect(refused).rejects.toMatchObject({
      code: "CONFLICT",
      message: "This instance already has its first admin. Please sign in.",
    });
  });
});
