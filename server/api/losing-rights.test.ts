import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { changePassword } from "../access/change-password";
import { type CurrentUser, readSessionUser } from "../access/current-user";
import { hashPassword } from "../access/password";
import { database } from "../database/client";
import { withTestDatabase } from "../testing/test-database";
import { withTestQueue } from "../testing/test-loop";
import { makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import { downloadLabels, downloadTasks } from "./downloads";
import { createCaller } from "./root";
import { receiveImport } from "./uploads";

withTestDatabase();
withTestQueue();

const password = "a long enough password";
const tokenOf = (path: string) => new URL(path, "http://x").searchParams.get("token") ?? "";
const as = (user: CurrentUser | null) => createCaller({ user, address: randomUUID() });

/** Calls as the site does for a cookie, which is a claim of a person and a number. */
const bySession = async ({ id, sessionVersion }: CurrentUser) => as(await readSessionUser(id, sessionVersion));

type Scene = Awaited<ReturnType<typeof makeScene>>;

/** Bo is an admin beside Ada, with open links, streams and transfers; Boss runs the instance. */
async function makeScene() {
  const [ada, bo, cy, boss] = [
    await makeUser("Ada"),
    await makeUser("Bo"),
    await makeUser("Cy"),
    await makeUser("Boss", "admin"),
  ];
  await database().user.update({ where: { id: bo.id }, data: { passwordHash: await hashPassword(password) } });
  const row = await makeProject(ada, [bo, cy]);
  const project = row.slug;
  await makeComparisonTasks(row, { count: 150 });
  await as(ada).members.changeRole({ project, userId: bo.id, role: "admin" });
  const inspections = await database().modelVersion.findMany({ where: { projectId: row.id } });
  const { inspectionId } = await as(bo).models.inspect({ project, modelVersionId: inspections[0]?.id ?? "" });
  const invitation = tokenOf((await as(bo).members.invite({ project, role: "admin" })).path);
  const made = tokenOf((await as(bo).members.makePasswordReset({ project, userId: cy.id })).path);
  const forBo = tokenOf((await as(ada).members.makePasswordReset({ project, userId: bo.id })).path);
  return { ...{ ada, bo, cy, boss, row, project, inspectionId, invitation, made, forBo } };
}

/** The ways in which Bo loses rights, each with the things of Bo's that may go on. */
const WAYS: { way: string; lose(scene: Scene): Promise<unknown>; mayGoOn: string[] }[] = [
  {
    way: "removal",
    lose: ({ ada, bo, project }) => as(ada).members.remove({ project, userId: bo.id }),
    mayGoOn: [],
  },
  {
    way: "demotion",
    lose: ({ ada, bo, project }) => as(ada).members.changeRole({ project, userId: bo.id, role: "annotator" }),
    mayGoOn: ["the link for Bo's own password"], // Bo may still label, and so needs a password
  },
  {
    way: "change of the password",
    lose: ({ bo }) => changePassword({ userId: bo.id, current: password, next: "another long password" }),
    mayGoOn: [],
  },
  {
    way: "reset of the password",
    lose: ({ forBo }) => as(null).access.resetPassword({ token: forBo, password: "another long password" }),
    mayGoOn: [],
  },
  {
    way: "deactivation",
    lose: ({ boss, bo }) => as(boss).people.deactivate({ userId: bo.id }),
    mayGoOn: [],
  },
];

/** The things of Bo's: `begin` is done while Bo has the rights; what it returns is tried after they were lost. */
const THINGS: { thing: string; begin(scene: Scene): Promise<() => Promise<unknown>> }[] = [
  {
    thing: "a request",
    begin:
      async ({ bo, project }) =>
      async () =>
        (await bySession(bo)).tasks.list({ project }),
  },
  {
    thing: "an act",
    begin:
      async ({ bo, project }) =>
      async () =>
        (await bySession(bo)).members.invite({ project, role: "admin" }),
  },
  {
    thing: "a look at the invitation that Bo made",
    begin:
      async ({ invitation }) =>
      () =>
        as(null).access.readInvitation({ token: invitation }),
  },
  {
    thing: "the invitation that Bo made, for a new person",
    begin:
      async ({ invitation: token }) =>
      () =>
        as(null).access.joinByInvitation({ token, name: "Bo II", email: `${randomUUID()}@example.org`, password }),
  },
  {
    thing: "the invitation that Bo made, for a person with an account",
    begin: async ({ invitation: token }) => {
      const second = await makeUser("Second");
      return () => as(second).access.acceptInvitation({ token });
    },
  },
  {
    thing: "the reset link that Bo made",
    begin:
      async ({ made }) =>
      () =>
        as(null).access.resetPassword({ token: made, password }),
  },
  {
    thing: "the link for Bo's own password",
    begin:
      async ({ forBo }) =>
      () =>
        as(null).access.resetPassword({ token: forBo, password }),
  },
  {
    thing: "a stream that is open and idle",
    begin: async ({ bo, project, inspectionId }) => {
      const events = await (await bySession(bo)).models.watchInspection({ project, inspectionId });
      const iterator = events[Symbol.asyncIterator]();
      expect((await iterator.next()).done).toBe(false);
      const ended = iterator.next(); // it waits for an event that never comes
      ended.catch(() => undefined);
      return () => Promise.race([ended, pause(100, "still open")]);
    },
  },
  {
    thing: "a stream that is open and busy",
    begin: async ({ bo, project, inspectionId }) => {
      const events = await (await bySession(bo)).models.watchInspection({ project, inspectionId });
      const iterator = events[Symbol.asyncIterator]();
      await iterator.next();
      return async () => {
        await database().$executeRaw`SELECT pg_notify(${`inspection_${inspectionId}`}, '{}')`;
        return iterator.next();
      };
    },
  },
  {
    thing: "a new stream",
    begin:
      async ({ bo, project, inspectionId }) =>
      async () => {
        const events = await (await bySession(bo)).models.watchInspection({ project, inspectionId });
        return events[Symbol.asyncIterator]().next();
      },
  },
  {
    thing: "a new download",
    begin:
      async ({ bo, project }) =>
      async () => {
        const user = await readSessionUser(bo.id, bo.sessionVersion);
        return assertGood(await downloadLabels({ user, project, file: "labels.jsonl" }));
      },
  },
  {
    thing: "a download that is under way",
    begin: async ({ bo, project }) => {
      const response = await downloadTasks({ user: bo, project, file: "tasks.jsonl" });
      const reader = response.body?.getReader();
      await reader?.read();
      return async () => {
        for (;;) {
          const piece = await reader?.read();
          if (!piece || piece.done) return;
        }
      };
    },
  },
  {
    thing: "an upload that is under way",
    begin: async ({ bo, project }) => {
      const pieces = new TransformStream<Uint8Array, Uint8Array>();
      const writer = pieces.writable.getWriter();
      const request = new Request("http://x/api?name=rows.jsonl", {
        ...{ method: "POST", body: pieces.readable, duplex: "half" },
        headers: { "content-type": "application/octet-stream" },
      });
      const answer = receiveImport({ user: bo, project, request });
      const row = Buffer.from('{"prompt":"How deep is it?"}\n');
      await writer.write(row);
      return async () => {
        void writer.write(row).catch(() => undefined);
        void writer.close().catch(() => undefined);
        return assertGood(await answer);
      };
    },
  },
];

async function assertGood(response: Response): Promise<void> {
  if (!response.ok) throw new Error(`${response.status}`);
}

it.concurrent.each(WAYS)(
  "after $way nothing of that person's succeeds",
  { timeout: 60_000 },
  async ({ lose, mayGoOn }) => {
    const scene = await makeScene();
    const begun = [];
    for (const { thing, begin } of THINGS) begun.push({ thing, attempt: await begin(scene) });
    await lose(scene);
    await pause(4_500); // what holds on to old rights may do so for five seconds
    const succeeded = [];
    for (const { thing, attempt } of begun) {
      const well = await attempt().then(
        () => true,
        () => false,
      );
      if (well) succeeded.push(thing);
    }
    expect(succeeded).toEqual(mayGoOn);
  },
);

it("all of it succeeds as long as nothing is lost", { timeout: 60_000 }, async () => {
  const shared = await makeScene();
  for (const { thing, begin } of THINGS) {
    if (thing === "a stream that is open and idle") continue; // nothing comes, which is how it goes on
    // Most links work once, and a new password ends what was begun before.
    const attempt = await begin(/for a|reset link|own password/.test(thing) ? await makeScene() : shared);
    await expect(attempt(), thing).resolves.not.toThrow();
  }
});
