import { mkdtemp, readdir, rename, writeFile } from "node:fs/promises";
import { PrismaPg } from "@prisma/adapter-pg";
import { expect, it } from "vitest";
import { PrismaClient } from "@/generated/prisma/client";
import { answerHealth } from "../api/health";
import { database } from "../database/client";
import { jobs } from "../jobs/boss";
import { takeProcessLock } from "../jobs/process-lock";
import { registerWorker } from "../jobs/worker-process";
import { dataPath } from "../storage/data-folder";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, makeRun, withTestQueue } from "../testing/test-loop";
import { checkHealth } from "./check-health";

withTestDatabase();
withTestQueue();

const wrong = async (...input: Parameters<typeof checkHealth>) =>
  Object.entries((await checkHealth(...input)).checks).flatMap(([name, { ok }]) => (ok ? [] : [name]));

it("is 503 while the trainer is away and 200 once both of its processes are there", async () => {
  expect(await wrong()).toEqual(["training", "generation", "queue"]);
  expect((await answerHealth()).status).toBe(503);

  await jobs();
  const never = new AbortController().signal;
  const ends: (() => Promise<void>)[] = [];
  for (const role of ["training", "generation"] as const) {
    expect(await wrong()).toContain(role);
    const lock = await takeProcessLock(role, never);
    const unregister = await registerWorker(role, { backend: "cpu", detail: "TensorFlow on two cores" });
    ends.push(async () => {
      await unregister();
      await lock?.release();
    });
  }
  const response = await answerHealth();
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    ok: true,
    version: expect.stringMatching(/^\d+\.\d+/),
    checks: {
      training: { ok: true, detail: expect.stringContaining("TensorFlow on two cores; last heartbeat") },
      queue: { ok: true, detail: "0 jobs in work, 0 waiting" },
      disk: { ok: true, detail: expect.stringMatching(/GB free$/) },
    },
  });
  expect(await readdir(dataPath("tmp"))).toEqual([]);
  for (const end of ends) await end();
  expect(await wrong()).toEqual(["training", "generation"]);
});

it("says so where work in hand has given no sign of life for a minute", async () => {
  const run = await makeRun(await makeProject());
  const silentFor = (seconds: number) =>
    database().trainingRun.update({
      where: { id: run.id },
      data: { status: "running", heartbeatAt: new Date(Date.now() - seconds * 1000) },
    });
  await silentFor(50);
  expect(await wrong()).not.toContain("progress");
  await silentFor(70);
  expect((await checkHealth()).checks.progress).toEqual({
    ok: false,
    detail: expect.stringMatching(/^1 run without a sign of life for 7\d s\. Cancelling it ends it/),
  });
  await database().trainingRun.update({ where: { id: run.id }, data: { status: "cancelled" } });
});

it("says so where the data folder cannot be written to", async () => {
  const aside = `${await mkdtemp(`${dataPath()}-aside-`)}/tmp`;
  await rename(dataPath("tmp"), aside);
  await writeFile(dataPath("tmp"), "a file where the folder should be");
  expect(await wrong()).toContain("dataFolder");
});

it("knows nothing of the trainer where the database is away, and does not tell anybody where it is", async () => {
  const adapter = new PrismaPg({ connectionString: "postgresql://secret:secret@127.0.0.1:9/none" });
  const health = await checkHealth(new PrismaClient({ adapter }));
  expect(health.ok).toBe(false);
  expect(health.checks.database).toEqual({ ok: false, detail: "failed; the log says why" });
  expect(health.checks.training.detail).toContain("the database does not answer");
  expect(JSON.stringify(health)).not.toContain("secret");
});
