import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createCaller } from "../api/root";
import { database } from "../database/client";
import { nextTask } from "../labels/next-task";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import type { CurrentUser } from "./current-user";
import { readSessionUser } from "./current-user";
import { hashToken } from "./one-time-token";
import { signIn } from "./sign-in";

withTestDatabase();

/** Every call comes from an address of its own, because the limits of one address are not what is tested. */
const as = (user: CurrentUser | null) => createCaller({ user, address: randomUUID() });
const tokenOf = (path: string) => new URL(path, "http://x").searchParams.get("token") ?? "";
const password = "a long enough password";
let people = 0;
const newPerson = (token: string) => ({ token, name: "Nia", email: `nia-${++people}@example.org`, password });
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "fulfilled",
    (error: { cause?: { code?: string } }) => error.cause?.code ?? String(error),
  );

async function scene() {
  const ada = await makeUser("Ada");
  const bo = await makeUser("Bo");
  const row = await makeProject(ada, [bo]);
  const project = row.slug;
  const invite = async (input: { role?: "admin" | "annotator"; email?: string } = {}) => {
    const { path, invitationId } = await as(ada).members.invite({ project, role: "annotator", ...input });
    return { token: tokenOf(path), invitationId };
  };
  return { ada, bo, row, project, invite, admin: as(ada).members };
}

const expire = (where: { tokenHash: string }) =>
  database().invitation.update({ where, data: { expiresAt: new Date(Date.now() - 1) } });

describe("an invitation", () => {
  it("brings a new person in, once, and is kept as a hash", async () => {
    const { project, invite, admin } = await scene();
    const { token, invitationId } = await invite();
    expect(JSON.stringify(await database().invitation.findMany())).not.toContain(token);
    expect(await as(null).access.readInvitation({ token })).toMatchObject({
      project: { slug: project },
      role: "annotator",
      from: "Ada",
      alreadyIn: false,
    });

    const answers = await Promise.all([1, 2, 3].map(() => codeOf(as(null).access.joinByInvitation(newPerson(token)))));
    expect(answers.sort()).toEqual(["fulfilled", "invitation-used", "invitation-used"]);
    expect(await codeOf(as(null).access.readInvitation({ token }))).toBe("invitation-used");

    const members = await admin.list({ project });
    const nia = members.find(({ name }) => name === "Nia");
    expect(nia).toMatchObject({ role: "annotator", hasPassword: true, labelCount: 0, lastLabelAt: null });
    expect(members).toHaveLength(3);
    expect(await signIn({ email: nia?.email, password }, "test")).toMatchObject({ name: "Nia" });
    expect((await admin.invitations({ project }))[0]).toMatchObject({
      id: invitationId,
      status: "used",
      usedBy: { id: nia?.id },
    });
  });

  it("serves nobody when it is unknown, expired or taken back, and serves again when that is undone", async () => {
    const { project, invite, admin } = await scene();
    const [first, second] = [await invite(), await invite()];
    const join = (token: string) => codeOf(as(null).access.joinByInvitation(newPerson(token)));
    expect(await join("guess")).toBe("invitation-not-found");
    await expire({ tokenHash: hashToken(first.token) });
    expect(await join(first.token)).toBe("invitation-expired");
    const { invitationId } = second;
    await admin.revokeInvitation({ project, invitationId });
    expect(await join(second.token)).toBe("invitation-revoked");
    expect((await admin.invitations({ project })).map(({ status }) => status)).toEqual(["revoked", "expired"]);
    await admin.restoreInvitation({ project, invitationId });
    expect(await join(second.token)).toBe("fulfilled");
    expect(await codeOf(admin.revokeInvitation({ project, invitationId }))).toBe("invitation-not-found");
  });

  it("lets a person in who has an account already, and raises a role but never lowers it", async () => {
    const { ada, bo, project, invite } = await scene();
    const cy = await makeUser("Cy");
    const first = await invite();
    expect(await as(cy).access.acceptInvitation({ token: first.token })).toEqual({ project });
    expect(await as(cy).projects.get({ project })).toMatchObject({ role: "annotator" });
    expect(await as(cy).access.readInvitation({ token: first.token })).toMatchObject({ alreadyIn: true });

    const raise = await invite({ role: "admin" });
    expect(await as(bo).access.readInvitation({ token: raise.token })).toMatchObject({ alreadyIn: false });
    await as(bo).access.acceptInvitation({ token: raise.token });
    expect(await as(bo).projects.get({ project })).toMatchObject({ role: "admin" });
    const lower = await invite();
    await as(ada).access.acceptInvitation({ token: lower.token });
    expect(await as(ada).projects.get({ project })).toMatchObject({ role: "admin" });
  });

  it("with an address is for that address alone; an address with an account is not taken over", async () => {
    const { bo, invite } = await scene();
    const { token } = await invite({ email: "Zoe@Example.org" });
    expect(await codeOf(as(bo).access.acceptInvitation({ token }))).toBe("invitation-email-forbidden");
    expect(await codeOf(as(null).access.joinByInvitation(newPerson(token)))).toBe("invitation-email-forbidden");
    const zoe = { ...newPerson(token), email: "zoe@example.org" };
    expect(await codeOf(as(null).access.joinByInvitation(zoe))).toBe("fulfilled");

    const other = await invite();
    expect(await codeOf(as(null).access.joinByInvitation({ ...zoe, token: other.token }))).toBe("account-conflict");
    expect(await as(null).access.readInvitation({ token: other.token })).toMatchObject({ alreadyIn: false });
  });

  it("cannot be guessed at without end, while good links stay free for a class behind the same address", async () => {
    const { invite } = await scene();
    const { token } = await invite();
    const { access } = createCaller({ user: null, address: "192.0.2.60" });
    for (let n = 0; n < 65; n++) await access.readInvitation({ token });
    const codes = [];
    for (let n = 0; n < 140; n++) codes.push(await codeOf(access.readInvitation({ token: `guess ${n}` })));
    // The window may turn over once while the test tries: then there are two rounds of sixty.
    expect(codes.filter((code) => code === "too-many-attempts").length).toBeGreaterThanOrEqual(20);
    expect(await codeOf(as(null).access.readInvitation({ token }))).toBe("fulfilled");
  });
});

describe("members", () => {
  it("change of role and removal hold from the next request on", async () => {
    const { bo, project, admin, row } = await scene();
    await makeComparisonTasks(row, { count: 1 });
    await admin.changeRole({ project, userId: bo.id, role: "admin" });
    expect(await codeOf(as(bo).tasks.list({ project }))).toBe("fulfilled");
    await admin.changeRole({ project, userId: bo.id, role: "annotator" });
    expect(await codeOf(as(bo).tasks.list({ project }))).toBe("admin-forbidden");

    expect(await nextTask({ actor: actorIn(row.id, bo.id), exclude: [] })).not.toBeNull();
    await admin.remove({ project, userId: bo.id });
    expect(await codeOf(as(bo).projects.get({ project }))).toBe("project-not-found");
    expect(await database().taskLease.count({ where: { userId: bo.id } })).toBe(0);
    await admin.restore({ project, userId: bo.id, role: "annotator" });
    expect(await as(bo).projects.get({ project })).toMatchObject({ role: "annotator" });
  });

  it("keep an admin, whatever two admins do at once", async () => {
    const { ada, bo, project, admin } = await scene();
    expect(await codeOf(admin.remove({ project, userId: ada.id }))).toBe("last-admin-conflict");
    expect(await codeOf(admin.changeRole({ project, userId: ada.id, role: "annotator" }))).toBe("last-admin-conflict");
    await admin.changeRole({ project, userId: bo.id, role: "admin" });
    await Promise.allSettled([
      admin.changeRole({ project, userId: bo.id, role: "annotator" }),
      as(bo).members.remove({ project, userId: ada.id }),
    ]);
    const projectId = { project: { slug: project } };
    expect(await database().membership.count({ where: { ...projectId, role: "admin" } })).toBe(1);
  });

  it("brings back only who was removed from here", async () => {
    const { project, admin } = await scene();
    const stranger = await makeUser("Stranger");
    const back = admin.restore({ project, userId: stranger.id, role: "admin" });
    expect(await codeOf(back)).toBe("member-not-found");
  });
});

describe("a password reset", () => {
  const withPassword = async (user: CurrentUser) =>
    database().user.update({ where: { id: user.id }, data: { passwordHash: "$argon2id$unusable" } });

  it("sets a new password once, ends the sessions, and only the newest link works", async () => {
    const { bo, project, admin } = await scene();
    await withPassword(bo);
    const older = tokenOf((await admin.makePasswordReset({ project, userId: bo.id })).path);
    const token = tokenOf((await admin.makePasswordReset({ project, userId: bo.id })).path);
    expect(JSON.stringify(await database().passwordReset.findMany())).not.toContain(token);
    const { access } = as(null);
    expect(await access.readPasswordReset({ token })).toEqual({ name: "Bo", email: bo.email });
    for (const wrong of ["guess", older])
      expect(await codeOf(access.resetPassword({ token: wrong, password }))).toBe("password-reset-invalid");

    expect(await readSessionUser(bo.id, 1)).not.toBeNull();
    const answers = await Promise.all([1, 2].map(() => codeOf(access.resetPassword({ token, password }))));
    expect(answers.sort()).toEqual(["fulfilled", "password-reset-invalid"]);
    expect(await readSessionUser(bo.id, 1)).toBeNull();
    expect(await signIn({ email: bo.email, password }, "test")).toMatchObject({ id: bo.id, sessionVersion: 2 });
  });

  it("expires", async () => {
    const { bo, project, admin } = await scene();
    const token = tokenOf((await admin.makePasswordReset({ project, userId: bo.id })).path);
    await database().passwordReset.updateMany({
      where: { tokenHash: hashToken(token) },
      data: { expiresAt: new Date(Date.now() - 1) },
    });
    expect(await codeOf(as(null).access.resetPassword({ token, password }))).toBe("password-reset-invalid");
    expect(await codeOf(as(null).access.readPasswordReset({ token }))).toBe("password-reset-invalid");
  });

  it("is no way into what its maker may not do", async () => {
    const { ada, bo, project, admin, invite } = await scene();
    const boss = await makeUser("Boss", "admin");
    await as(boss).access.acceptInvitation({ token: (await invite()).token });
    expect(await codeOf(admin.makePasswordReset({ project, userId: boss.id }))).toBe("password-reset-forbidden");

    const elsewhere = await makeUser("Elsewhere");
    await makeProject(elsewhere, [bo, ada]);
    expect(await codeOf(admin.makePasswordReset({ project, userId: bo.id }))).toBe("password-reset-forbidden");
    await as(ada).members.changeRole({ project, userId: boss.id, role: "admin" });
    expect(await codeOf(as(boss).members.makePasswordReset({ project, userId: bo.id }))).toBe("fulfilled");
  });
});

describe("the audit log", () => {
  it("says who changed what in this project, newest first, in pages, and no secret", async () => {
    const { ada, bo, project, admin, invite } = await scene();
    const { token, invitationId } = await invite({ email: "q@example.org" });
    await admin.revokeInvitation({ project, invitationId });
    await admin.changeRole({ project, userId: bo.id, role: "admin" });
    await admin.changeRole({ project, userId: bo.id, role: "admin" }); // a role that does not change makes no entry
    const first = await admin.audit({ project, limit: 2 });
    const rest = await admin.audit({ project, cursor: first.nextCursor });
    expect([...first.rows, ...rest.rows]).toMatchObject([
      { action: "members.changeRole", actor: { id: ada.id }, detail: "Bo: annotator → admin", subjectId: bo.id },
      { action: "members.revokeInvitation" },
      { action: "members.invite", detail: "q@example.org as annotator" },
    ]);
    expect(rest.nextCursor).toBeNull();
    expect(JSON.stringify([first, rest])).not.toContain(token);
    const other = await scene();
    expect((await other.admin.audit({ project: other.project })).rows).toEqual([]);
  });
});
