import { describe, expect, it } from "vitest";
import { database } from "../database/client";
import { trainerState } from "../models/trainer-state";
import { performImport } from "../prompts/perform-import";
import { performPreview } from "../prompts/perform-preview";
import { performRun, type Train } from "../runs/perform-run";
import { withTestDatabase } from "../testing/test-database";
import { gate, makeProject, makeRun, type TestProject, withTestQueue } from "../testing/test-loop";
import { jobs, startBoss } from "./boss";
import { takeProcessLock } from "./process-lock";
import { sendJob } from "./send-job";
import { serve } from "./serve";

withTestDatabase();
withTestQueue();

async function queueRun(project: TestProject) {
  const run = await makeRun(project);
  await sendJob(database(), "train", { id: run.id });
  return run;
}

const trains = (train: Train) => ({
  train: {
    atOnce: 1,
    perform: (id: string, signal: AbortSignal) => performRun(id, { train, backend: "cpu", signal }),
  },
  preview: { atOnce: 3, perform: (id: string, signal: AbortSignal) => performPreview(id, { signal }) },
  import: { atOnce: 1, perform: (id: string, signal: AbortSignal) => performImport(id, { signal }) },
});
const about = { backend: "cpu", detail: "a fake" };
const statusOf = async (id: string) => (await database().trainingRun.findUniqueOrThrow({ where: { id } })).status;

describe("a worker", () => {
  it("takes the run up that a killed worker had in hand, and then the next", async () => {
    const project = await makeProject();
    const run = await queueRun(project);
    const next = await queueRun(project);
    // Makes what kill -9 leaves behind: an active job, a running row, and nobody who holds the lock.
    const killed = await startBoss({ works: true });
    expect(await killed.fetch("train")).toHaveLength(1);
    await database().trainingRun.update({ where: { id: run.id }, data: { status: "running", attempt: 1 } });
    await killed.stop({ graceful: false });

    const stop = new AbortController();
    const trained: string[] = [];
    const done = gate();
    const serving = serve(
      "training",
      trains(async (_config, { outputDir, resume }) => {
        expect(resume).toBe(true);
        trained.push(outputDir);
        if (trained.length === 2) done.open();
        return { kind: "adapter", path: `${outputDir}/adapter` };
      }),
      about,
      stop.signal,
    );
    await done.passed;
    stop.abort();
    await serving;
    expect(trained.map((folder) => folder.split("/").slice(-2).join("/"))).toEqual([run.folder, next.folder]);
    expect([await statusOf(run.id), await statusOf(next.id)]).toEqual(["completed", "completed"]);
  });

  it("makes a new job for a run whose job is lost", async () => {
    const project = await makeProject();
    const run = await makeRun(project); // the row has no job
    const stop = new AbortController();
    const done = gate();
    const train: Train = async (_config, { outputDir }) => {
      done.open();
      return { kind: "model", path: outputDir };
    };
    const serving = serve("training", trains(train), about, stop.signal);
    await done.passed;
    stop.abort();
    await serving;
    expect(await statusOf(run.id)).toBe("completed");
  });

  it("hands its run back when it is stopped, for the next worker to go on with", async () => {
    const project = await makeProject();
    const run = await queueRun(project);
    const stop = new AbortController();
    const begun = gate();
    const train: Train = async (_config, { signal, onEvent }) => {
      await onEvent({ type: "phase", phase: "training", message: "training" });
      begun.open();
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      throw new Error("not reached");
    };
    const serving = serve("training", trains(train), about, stop.signal);
    await begun.passed;
    expect(await trainerState()).toMatchObject({ online: false, workers: [{ role: "training", backend: "cpu" }] });
    stop.abort();
    await serving;
    expect(await statusOf(run.id)).toBe("queued");
    const [job] = await (await jobs()).findJobs("train", { data: { id: run.id } });
    expect(job?.state).toBe("retry");
    expect((await trainerState()).workers).toEqual([]);
    await database().trainingRun.update({ where: { id: run.id }, data: { status: "cancelled" } });
  });

  it("is the only one of its role", async () => {
    const stop = new AbortController();
    const first = await takeProcessLock("training", stop.signal);
    const second = takeProcessLock("training", stop.signal);
    const other = await takeProcessLock("generation", stop.signal);
    expect(other).toBeDefined();
    await first?.release();
    const lock = await second;
    expect(lock?.lost.aborted).toBe(false);
    await lock?.release();
    await other?.release();
  });
});
