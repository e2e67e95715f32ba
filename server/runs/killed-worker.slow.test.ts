import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import type { ProjectActor } from "../access/actor";
import { database } from "../database/client";
import { nextTask } from "../labels/next-task";
import { submitLabel } from "../labels/submit-label";
import { dataPath } from "../storage/data-folder";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { withTestQueue } from "../testing/test-loop";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import { listRunLog, listRunMetrics } from "./run-figures";
import { trainOnLatestLabels } from "./train-on-latest-labels";
import { watchRun } from "./watch-run";

process.env.TUNELOOP_DEFAULT_MODEL = "tiny";
withTestDatabase();
withTestQueue();

const workers: ChildProcess[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.kill("SIGKILL");
});

/** Starts the real worker in a process of its own. */
function startWorker(): ChildProcess {
  const root = path.resolve(import.meta.dirname, "../..");
  const args = ["--import", "tsx", "trainer/worker.ts", "training"];
  const worker = spawn(process.execPath, args, {
    cwd: root,
    env: process.env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  workers.push(worker);
  return worker;
}

async function end(worker: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exit = once(worker, "exit");
  worker.kill(signal);
  await exit;
}

/** Resolves when the run has done this step, or has ended. */
async function reached(actor: ProjectActor, runId: string, step: number): Promise<string> {
  let status = "";
  for await (const event of watchRun({ actor, runId }, new AbortController().signal)) {
    if (event.type === "snapshot" || event.type === "state") {
      status = event.run.status;
      if (event.run.step >= step) break;
    }
    if (event.type === "metrics" && event.step >= step) break;
  }
  return status;
}

it("a run whose worker is killed and stopped ends with the very weights of one that was left alone", async () => {
  const admin = await makeUser("Admin");
  const { id: projectId, createdById } = await makeProject(admin);
  const actor = actorIn(projectId, admin.id);
  await makeComparisonTasks({ id: projectId, createdById }, { count: 24 });
  for (;;) {
    const task = await nextTask({ actor, exclude: [] });
    if (!task) break;
    await submitLabel({ actor, submission: chooseFirst(task) });
  }
  const base = await database().modelVersion.findFirstOrThrow({ where: { projectId } });
  const wish = {
    actor,
    method: "dpo" as const,
    baseModelVersionId: base.id,
    overrides: { maxSteps: 60, batchSize: 4, checkpointEvery: 4, learningRate: 1e-3 },
  };

  const calm = await trainOnLatestLabels(wish);
  const first = startWorker();
  await reached(actor, calm.runId, Number.POSITIVE_INFINITY);

  const rough = await trainOnLatestLabels(wish);
  await reached(actor, rough.runId, 10);
  await end(first, "SIGKILL");
  const second = startWorker();
  await reached(actor, rough.runId, 30);
  await end(second, "SIGTERM");
  const between = await database().trainingRun.findUniqueOrThrow({ where: { id: rough.runId } });
  expect(between.status).toBe("queued");
  startWorker();
  await reached(actor, rough.runId, Number.POSITIVE_INFINITY);

  const runs = await database().trainingRun.findMany({
    where: { projectId },
    orderBy: { number: "asc" },
    include: { modelVersion: true },
  });
  expect(runs.map(({ status, step }) => [status, step])).toEqual([
    ["completed", 60],
    ["completed", 60],
  ]);
  const weights = await Promise.all(
    runs.map((run) => readFile(path.join(dataPath(run.modelVersion?.artifact ?? "none"), "adapter_model.safetensors"))),
  );
  expect(weights[1]?.equals(weights[0] ?? Buffer.alloc(0))).toBe(true);
  const loss = async (runId: string) =>
    (await listRunMetrics({ actor, runId })).find(({ name }) => name === "loss")?.points;
  expect(await loss(rough.runId)).toEqual(await loss(calm.runId));
  const log = (await listRunLog({ actor, runId: rough.runId })).map(({ message }) => message).join("\n");
  expect(log).toContain("The trainer had ended; the run continues from its newest checkpoint");
});
