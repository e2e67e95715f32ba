import { mkdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { DomainError } from "@/domain/errors";
import type { RunEvent } from "@/domain/runs/run-events";
import { database } from "../database/client";
import { getModel } from "../models/get-model";
import { projectOverview } from "../projects/project-overview";
import { dataPath } from "../storage/data-folder";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, makeRun, type TestProject, withTestQueue } from "../testing/test-loop";
import { cancelRun } from "./cancel-run";
import { performRun, type Train } from "./perform-run";
import { retryRun } from "./retry-run";
import { getRun } from "./run-row";
import { stopAtCheckpoint } from "./stop-at-checkpoint";
import { watchRun } from "./watch-run";

withTestDatabase();
withTestQueue();

const step = (n: number, totalSteps = 3): RunEvent => ({
  type: "step",
  step: n,
  totalSteps,
  epoch: 1,
  metrics: { loss: 1 / n, gradNorm: Number.NaN },
  tokens: 100,
  tokensPerSecond: 50,
  seconds: 1,
  etaSeconds: totalSteps - n,
});

const threeSteps: Train = async (_config, { onEvent, outputDir }) => {
  for (let n = 1; n <= 3; n++) await onEvent(step(n));
  await onEvent({ type: "evaluation", step: 3, epoch: 1, metrics: { evalLoss: 0.5 } });
  return { kind: "adapter", path: `${outputDir}/adapter` };
};

const perform = (runId: string, train: Train, signal = new AbortController().signal) =>
  performRun(runId, { train, backend: "cpu", signal });
const read = (project: TestProject, runId: string) => getRun({ actor: project.actor, runId });

describe("carrying a run out", () => {
  it("hands the trainer its configuration and makes a model version with its lineage", async () => {
    const project = await makeProject();
    const run = await makeRun(project);
    let seen: { config: unknown; outputDir: string } | undefined;
    await perform(run.id, async (config, options) => {
      seen = { config, outputDir: options.outputDir };
      return threeSteps(config, options);
    });
    const dataset = await database().datasetVersion.findUniqueOrThrow({ where: { id: run.datasetVersionId } });
    expect(seen).toMatchObject({
      config: { method: "dpo", model: project.base.artifact, dataset: dataPath(dataset.folder), lora: { rank: 4 } },
      outputDir: dataPath(run.folder),
    });
    const after = await read(project, run.id);
    expect(after).toMatchObject({ status: "completed", step: 3, totalSteps: 3, backend: "cpu", error: null });
    const model = await getModel({ actor: project.actor, modelVersionId: after.model?.id ?? "" });
    expect(model.lineage.map((entry) => [entry.model.id, entry.run?.id])).toEqual([
      [after.model?.id, run.id],
      [project.base.id, undefined],
    ]);
    const metrics = await database().runMetric.findMany({ where: { runId: run.id }, orderBy: { step: "asc" } });
    expect(metrics.filter(({ name }) => name === "loss").map(({ value }) => value)).toEqual([1, 1 / 2, 1 / 3]);
    expect(metrics.some(({ name }) => name === "gradNorm")).toBe(false); // a figure that is no number gives no point
    expect(metrics.find(({ name }) => name === "evalLoss")).toMatchObject({ step: 3, value: 0.5 });
  });

  it("keeps the reason of a failure and what to do, and can be tried again from its checkpoint", async () => {
    const project = await makeProject();
    const run = await makeRun(project);
    await perform(run.id, async () => {
      throw new DomainError("non-finite-loss", "step 7: loss is NaN", "Step 7: the loss is NaN.");
    });
    const failed = await read(project, run.id);
    expect(failed).toMatchObject({
      status: "failed",
      error: { code: "non-finite-loss", message: "Step 7: the loss is NaN." },
    });
    expect(failed.error?.hint).toContain("learning rate");
    await retryRun({ ...project, runId: run.id });
    expect(await read(project, run.id)).toMatchObject({ status: "queued", error: null, attempt: 0 });
    await perform(run.id, (config, options) => {
      expect(options.resume).toBe(true);
      return threeSteps(config, options);
    });
    expect((await read(project, run.id)).status).toBe("completed");
  });

  it("waits for a person where a critical diagnosis paused it, and goes on when told to", async () => {
    const project = await makeProject();
    const run = await makeRun(project);
    await perform(run.id, async (_config, { onEvent }) => {
      await onEvent(step(1));
      throw new DomainError("run-paused", "Paused after step 1: KL explodes. KL is 90 nats per sequence.");
    });
    const paused = await read(project, run.id);
    expect(paused).toMatchObject({ status: "paused", step: 1, model: null, error: { code: "run-paused" } });
    expect(paused.error?.hint).toContain("Read the diagnosis");
    await perform(run.id, () => Promise.reject(new Error("must not go on by itself")));
    expect((await read(project, run.id)).status).toBe("paused");
    await retryRun({ ...project, runId: run.id });
    await perform(run.id, threeSteps);
    expect(await read(project, run.id)).toMatchObject({ status: "completed", step: 3, error: null });
  });

  it("shows a paused run on the overview before anything else, and ends it for good when a person stops it", async () => {
    const project = await makeProject();
    const run = await makeRun(project);
    await perform(run.id, async (_config, { onEvent }) => {
      await onEvent(step(1));
      throw new DomainError("run-paused", "Paused after step 1: KL explodes. KL is 90 nats per sequence.");
    });
    const { run: station, nextAction } = await projectOverview(project.actor);
    expect(station.paused).toMatchObject({ id: run.id, reason: expect.stringContaining("KL explodes") });
    expect(nextAction).toEqual({ code: "decide_paused_run" });

    await cancelRun({ ...project, runId: run.id });
    expect(await read(project, run.id)).toMatchObject({ status: "cancelled", step: 1, model: null });
    const lines = await database().runLogLine.findMany({ where: { runId: run.id } });
    expect(lines.map(({ message }) => message)).toContain("The run was stopped after the pause.");
    expect((await projectOverview(project.actor)).run.paused).toBeNull();
    await retryRun({ ...project, runId: run.id }); // the checkpoint is still there
    await perform(run.id, threeSteps);
    expect(await read(project, run.id)).toMatchObject({ status: "completed", step: 3 });
  });

  it("makes a model version of a paused run's checkpoint when a person stops it there, and says so in its lineage", async () => {
    const project = await makeProject();
    const run = await makeRun(project);
    const pause: Train = async (_config, { onEvent }) => {
      await onEvent(step(2));
      throw new DomainError("run-paused", "Paused after step 2: KL explodes. KL is 90 nats per sequence.");
    };
    await perform(run.id, pause);
    const stopHere = () => stopAtCheckpoint({ ...project, runId: run.id });
    await expect(stopHere()).rejects.toMatchObject({ code: "checkpoint-missing" });
    await mkdir(dataPath(`${run.folder}/checkpoints/step-000002`), { recursive: true });
    await stopHere();
    expect(await read(project, run.id)).toMatchObject({ status: "queued", stopsAtCheckpoint: true, error: null });
    await expect(stopHere()).rejects.toMatchObject({ code: "run-not-stopped" });
    const broken: Train = () => Promise.reject(new DomainError("model-unavailable", "no base", "The base is gone."));
    await perform(run.id, broken); // after that the person decides anew
    expect(await read(project, run.id)).toMatchObject({
      status: "paused",
      stopsAtCheckpoint: false,
      model: null,
      error: { message: "The base is gone." },
    });
    await stopHere();
    await perform(run.id, async (_config, { onEvent, outputDir, finishNow, resume }) => {
      expect([finishNow, resume]).toEqual([true, true]);
      const output = { kind: "adapter" as const, path: `${outputDir}/adapter` };
      await onEvent({ type: "finished", step: 2, seconds: 1, output });
      return output;
    });
    const after = await read(project, run.id);
    expect(after).toMatchObject({ status: "completed", stopsAtCheckpoint: true, step: 2, totalSteps: 3 });
    expect(after.model?.name).toBe("DPO run 1, stopped at step 2");
    const { lineage } = await getModel({ actor: project.actor, modelVersionId: after.model?.id ?? "" });
    expect(lineage[0]?.run?.stoppedAt).toEqual({ step: 2, totalSteps: 3 });
    await expect(retryRun({ ...project, runId: run.id })).rejects.toMatchObject({ code: "run-not-retryable" });
  });

  it("makes a model version of what a cancelled or failed run left, where it left a checkpoint", async () => {
    const project = await makeProject();
    const cancelled = await makeRun(project);
    await perform(cancelled.id, async (_config, { onEvent, signal }) => {
      await onEvent(step(2));
      await cancelRun({ ...project, runId: cancelled.id });
      await onEvent({ type: "checkpoint", step: 2, path: "somewhere" });
      signal.throwIfAborted();
      throw new Error("not reached");
    });
    const failed = await makeRun(project);
    await perform(failed.id, async (_config, { onEvent }) => {
      await onEvent(step(2));
      throw new DomainError("non-finite-loss", "step 3: loss is NaN", "Step 3: the loss is NaN.");
    });
    for (const { id, folder, number } of [cancelled, failed]) {
      const keep = () => stopAtCheckpoint({ ...project, runId: id });
      await expect(keep()).rejects.toMatchObject({ code: "checkpoint-missing" });
      await mkdir(dataPath(`${folder}/checkpoints/step-000001`), { recursive: true });
      await keep();
      expect(await read(project, id)).toMatchObject({ status: "queued", stopsAtCheckpoint: true, error: null });
      await perform(id, async (_config, { onEvent, outputDir, finishNow }) => {
        expect(finishNow).toBe(true);
        const output = { kind: "adapter" as const, path: `${outputDir}/adapter` };
        await onEvent({ type: "finished", step: 1, seconds: 1, output });
        return output;
      });
      const after = await read(project, id);
      expect(after).toMatchObject({ status: "completed", step: 1, totalSteps: 3 });
      expect(after.model?.name).toBe(`DPO run ${number}, stopped at step 1`);
    }
  });

  it("tells the overview what is critical in the latest run", async () => {
    const project = await makeProject();
    const run = await makeRun(project);
    await perform(run.id, async (_config, { onEvent }) => {
      await onEvent(step(1));
      throw new DomainError("non-finite-loss", "step 7: loss is NaN", "Step 7: the loss is NaN.");
    });
    const { run: station, nextAction } = await projectOverview(project.actor);
    expect(station.latest?.critical).toHaveLength(1);
    expect(nextAction).toEqual({ code: "read_diagnosis" });
  });

  it("ends between two steps when a person cancels it, and makes no model", async () => {
    const project = await makeProject();
    const run = await makeRun(project);
    await perform(run.id, async (_config, { onEvent, signal }) => {
      await onEvent(step(1));
      await cancelRun({ ...project, runId: run.id });
      await onEvent({ type: "checkpoint", step: 1, path: "somewhere" });
      signal.throwIfAborted();
      throw new Error("not reached");
    });
    expect(await read(project, run.id)).toMatchObject({ status: "cancelled", step: 1, model: null });
  });

  it("cancels a run that waits at once; its job then has nothing to do", async () => {
    const project = await makeProject();
    const run = await makeRun(project);
    await cancelRun({ ...project, runId: run.id });
    expect((await read(project, run.id)).status).toBe("cancelled");
    await perform(run.id, () => Promise.reject(new Error("must not train")));
    expect((await read(project, run.id)).status).toBe("cancelled");
    await expect(cancelRun({ ...project, runId: run.id })).rejects.toMatchObject({ code: "run-finished" });
  });

  it("goes back into the queue when the process stops in order, without counting it as an attempt", async () => {
    const project = await makeProject();
    const run = await makeRun(project);
    const stopping = new AbortController();
    const stopped = perform(
      run.id,
      async (_config, { onEvent, signal }) => {
        await onEvent(step(1));
        stopping.abort();
        signal.throwIfAborted();
        throw new Error("not reached");
      },
      stopping.signal,
    );
    await expect(stopped).rejects.toThrow(); // the error makes the queue give the job out again
    expect(await read(project, run.id)).toMatchObject({ status: "queued", attempt: 0, step: 1 });
    await perform(run.id, threeSteps);
    expect(await read(project, run.id)).toMatchObject({ status: "completed", attempt: 1 });
  });

  it("is marked with the reason after its process died three times", async () => {
    const project = await makeProject();
    const run = await makeRun(project);
    await database().trainingRun.update({ where: { id: run.id }, data: { status: "running", attempt: 3 } });
    await perform(run.id, () => Promise.reject(new Error("must not train")));
    expect(await read(project, run.id)).toMatchObject({ status: "failed", error: { code: "worker-died" } });
  });

  it("leaves a finished run alone", async () => {
    const project = await makeProject();
    const run = await makeRun(project);
    await perform(run.id, threeSteps);
    await perform(run.id, () => Promise.reject(new Error("must not train twice")));
    expect(await database().modelVersion.count({ where: { trainingRunId: run.id } })).toBe(1);
  });
});

describe("watching a run", () => {
  it("gives the state first, whatever happened before, then what changes, and ends with the run", async () => {
    const project = await makeProject();
    const run = await makeRun(project);
    const stop = new AbortController();
    const types: string[] = [];
    const losses = new Map<number, number>();
    let watching: Promise<void> | undefined;
    let last: string | undefined;
    await perform(run.id, async (config, options) => {
      await options.onEvent(step(1));
      await options.onEvent({ type: "checkpoint", step: 1, path: "flushes" });
      const events = watchRun({ actor: project.actor, runId: run.id }, stop.signal);
      const first = (await events.next()).value;
      if (first?.type !== "snapshot") throw new Error(`the first event is ${first?.type}`);
      for (const { name, points } of first.metrics)
        if (name === "loss") for (const point of points) losses.set(point.step, point.value);
      expect([...losses]).toEqual([[1, 1]]);
      watching = (async () => {
        for await (const event of events) {
          types.push(event.type);
          if (event.type === "metrics" && event.values.loss !== undefined) losses.set(event.step, event.values.loss);
          if (event.type === "snapshot") last = event.run.status;
        }
      })();
      await options.onEvent({ type: "rollouts", step: 2, rollouts: [] });
      return threeSteps(config, options);
    });
    await watching;
    expect(types).toContain("metrics");
    expect(types).toContain("rollouts");
    expect([...losses.keys()].sort()).toEqual([1, 2, 3]);
    expect(last).toBe("completed");
  });
});
