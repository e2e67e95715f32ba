import fs from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { runningDatabaseUrl } from "../scripts/database.mjs";
import { Annotator } from "./support/annotator";
import { type ApiClient, apiClient, sessionOverHttp, signInOverHttp } from "./support/api-client";
import { PASSWORD } from "./support/first-steps";
import { askOverHttp, importFile } from "./support/import-file";
import type { Instance } from "./support/instance";
import { expect, test } from "./support/test";

test.use({ journey: "chaos" });

const PEOPLE = 20;
/** The storm ends when every process has been killed so often and so many answers are acknowledged. */
const KILLS = Number(process.env.TUNELOOP_CHAOS_KILLS ?? 20);
const LABELS = Number(process.env.TUNELOOP_CHAOS_LABELS ?? 10_000);
const PROMPTS = Math.ceil((LABELS * 1.2) / PEOPLE) + 100;
const PROJECT = { project: "demo-assistant" };

test("kill -9 of every part while twenty people label and a run trains: nothing acknowledged is lost, nothing is double", async ({
  instance,
}) => {
  test.setTimeout(3_600_000);
  const admin = await test.step("an admin with tasks for all", () => prepare(instance));
  const people = await test.step("the annotators", () => invite(instance, admin));

  const stop = new AbortController();
  const work = Promise.all(people.map((person) => person.work(stop.signal)));
  const acknowledged = () => people.reduce((sum, person) => sum + person.acknowledged.size, 0);
  const someMore = async (count = 30) => {
    const before = acknowledged();
    await expect.poll(acknowledged, { timeout: 120_000 }).toBeGreaterThanOrEqual(before + count);
  };
  const isWell = () =>
    fetch(`${instance.url}/api/health`).then(
      ({ status }) => status === 200,
      () => false,
    );
  const killAndWait = async (...names: string[]) => {
    for (const pid of names.map((name) => pidOf(instance, name))) process.kill(pid, "SIGKILL");
    await expect.poll(isWell, { timeout: 30_000 }).toBe(false);
    await expect.poll(isWell, { timeout: 180_000 }).toBe(true);
    await someMore();
  };

  await someMore(100);
  await test.step("the trainer, the site and the database are killed during a run", async () => {
    const runId = await startRun(admin);
    await reaches(admin, runId, 40);
    await killAndWait("training");
    await killAndWait("app");
    await reaches(admin, runId, 80);
    await killAndWait("database");
    await killAndWait("generation");
    await endsResumed(admin, runId);
  });
  await test.step("all at once during another one", async () => {
    const runId = await startRun(admin);
    await reaches(admin, runId, 40);
    await killAndWait("app", "training", "generation", "database");
    await endsResumed(admin, runId);
  });

  await test.step(`each process is killed ${KILLS} times at random, all of them at the same time`, async () => {
    await startRun(admin);
    const kills = await Promise.all(
      ["app", "training", "generation", "database"].map((name) => killAgainAndAgain(instance, name)),
    );
    await expect.poll(acknowledged, { timeout: 1_800_000, intervals: [1_000] }).toBeGreaterThanOrEqual(LABELS);
    console.log(`killed: ${kills.join(", ")}`);
  });

  stop.abort();
  await work;
  await test.step("every answer is there once, as it was given", async () => {
    expect(people.flatMap(({ refusals }) => refusals)).toEqual([]);
    const rows = await readLabels(instance);
    const given = people.flatMap((person) => [...person.given.keys()]);
    expect(acknowledged()).toBe(given.length);
    expect(rows.map(({ idempotencyKey }) => idempotencyKey).sort()).toEqual(given.sort());
    expect(new Set(rows.map(({ taskId, annotatorId }) => `${taskId} ${annotatorId}`)).size).toBe(rows.length);
    for (const { id, idempotencyKey, taskId, kind, content } of rows) {
      const person = people.find((one) => one.given.has(idempotencyKey));
      expect(person?.acknowledged.get(idempotencyKey)).toBe(id);
      expect(person?.given.get(idempotencyKey)?.taskId).toBe(taskId);
      if (kind === "demonstration") expect(content).toBe(`Answer ${idempotencyKey}`);
    }
    console.log(`${rows.length} labels given, acknowledged and found`);
  });
});

async function prepare(instance: Instance): Promise<ApiClient> {
  const account = { email: "ada@example.test", password: PASSWORD };
  const token = new URL(instance.setupUrl).searchParams.get("token") ?? "";
  await apiClient(instance.url).access.createFirstAdmin.mutate({ ...account, token, name: "Ada Admin" });
  const admin = await signInOverHttp(instance.url, account.email, account.password);
  await admin.projects.create.mutate({ name: "Demo assistant", demo: true });
  const [model] = await admin.models.list.query(PROJECT);
  const generation = await admin.generations.create.mutate({
    ...PROJECT,
    modelVersionId: model?.id ?? "",
    promptIds: "all",
    requiredLabels: PEOPLE,
    temperature: 1,
    topP: 0.95,
    maxTokens: 12,
    seed: 1,
  });
  const status = async () => (await admin.generations.get.query({ ...PROJECT, ...generation })).status;
  await expect.poll(status, { timeout: 180_000 }).toBe("completed");
  const cookie = await sessionOverHttp(instance.url, account.email, account.password);
  const rows = Array.from({ length: PROMPTS }, (_, index) => ({ prompt: `What follows ${index}?` }));
  await importFile(askOverHttp(instance.url, cookie), { ...PROJECT, fileName: "more.jsonl", rows });
  const wish = { kind: "demonstration" as const, promptIds: "all" as const, requiredLabels: PEOPLE };
  await admin.tasks.create.mutate({ ...PROJECT, ...wish });
  return admin;
}

async function invite(instance: Instance, admin: ApiClient): Promise<Annotator[]> {
  const people: Annotator[] = [];
  for (let number = 1; number <= PEOPLE; number++) {
    const { path: link } = await admin.members.invite.mutate({ ...PROJECT, role: "annotator" });
    const email = `person-${number}@example.test`;
    const token = new URL(link, instance.url).searchParams.get("token") ?? "";
    const person = { token, name: `Person ${number}`, email, password: PASSWORD };
    await apiClient(instance.url).access.joinByInvitation.mutate(person);
    people.push(new Annotator(await signInOverHttp(instance.url, email, PASSWORD), PROJECT.project));
  }
  return people;
}

/** Kills a process soon after it has come back, every time at another moment of its life. */
async function killAgainAndAgain(instance: Instance, name: string): Promise<string> {
  const killed = new Set<number>();
  while (killed.size < KILLS) {
    await pause(1_000 + 14_000 * Math.random());
    const pid = pidIfAlive(instance, name);
    if (pid === null || killed.has(pid)) continue;
    process.kill(pid, "SIGKILL");
    killed.add(pid);
  }
  return `${name} ${killed.size} times`;
}

/** The process id of a part, or null while it is being started again. */
function pidIfAlive(instance: Instance, name: string): number | null {
  try {
    const pid = pidOf(instance, name);
    process.kill(pid, 0);
    return pid;
  } catch {
    return null;
  }
}

async function startRun(admin: ApiClient): Promise<string> {
  const base = (await admin.models.list.query(PROJECT)).find(({ kind }) => kind === "base");
  const overrides = { epochs: 50, maxSteps: 500, batchSize: 4, checkpointEvery: 10 };
  const wish = { method: "dpo" as const, baseModelVersionId: base?.id ?? "", overrides };
  return (await admin.runs.trainOnLatestLabels.mutate({ ...PROJECT, ...wish })).runId;
}

const reaches = (admin: ApiClient, runId: string, step: number) =>
  expect
    .poll(async () => (await admin.runs.get.query({ ...PROJECT, runId })).step, { timeout: 180_000 })
    .toBeGreaterThanOrEqual(step);

/** Waits until the run has gone on where its dead trainer left it, and has reached its end. */
async function endsResumed(admin: ApiClient, runId: string): Promise<void> {
  const read = () => admin.runs.get.query({ ...PROJECT, runId });
  await expect.poll(async () => (await read()).status, { timeout: 240_000 }).not.toMatch(/queued|running/);
  const { status, step, totalSteps, error } = await read();
  expect([status, step, error]).toEqual(["completed", totalSteps, null]);
  const log = await admin.runs.log.query({ ...PROJECT, runId });
  expect(log.map(({ message }) => message).join("\n")).toContain("the run continues from its newest checkpoint");
}

/** The process id of a part of the instance, from the start script's own record. */
function pidOf({ dataFolder }: Instance, name: string): number {
  const read = (file: string) => fs.readFileSync(path.join(dataFolder, file), "utf8");
  if (name === "database") return Number(read("postgres/postmaster.pid").split("\n")[0]);
  const { children } = JSON.parse(read("instance.json")) as { children: { name: string; pid: number }[] };
  const child = children.find((one) => one.name === name);
  if (!child) throw new Error(`no process ${name} is on record`);
  return child.pid;
}

async function readLabels({ dataFolder }: Instance) {
  const client = new pg.Client({ connectionString: runningDatabaseUrl(dataFolder) });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, string>>(`
      SELECT l."id", l."idempotencyKey", l."taskId", l."annotatorId", l."kind"::text AS "kind", c."content"
      FROM "Label" l LEFT JOIN "DemonstrationLabel" d ON d."labelId" = l."id"
      LEFT JOIN "Completion" c ON c."id" = d."completionId"`);
    return rows as { [column in "id" | "idempotencyKey" | "taskId" | "annotatorId" | "kind" | "content"]: string }[];
  } finally {
    await client.end();
  }
}
