import { mkdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { startBoss } from "../jobs/boss";
import { recoverJobs } from "../jobs/recover-jobs";
import { archiveModel } from "../models/archive-model";
import { getModel } from "../models/get-model";
import { dataPath } from "../storage/data-folder";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { withTestQueue } from "../testing/test-loop";
import { clicked, jobsOf, labelled, perform, succeed } from "../testing/two-runs";
import { cancelRun } from "./cancel-run";
import type { Train } from "./perform-run";
import { retryRun } from "./retry-run";
import { runSheet } from "./run-sheet";
import { stopAtCheckpoint } from "./stop-at-checkpoint";
import { trainOnLatestLabels } from "./train-on-latest-labels";

withTestDatabase();
withTestQueue();

const fail: Train = () => Promise.reject(new DomainError("non-finite-loss", "NaN", "Step 7: the loss is NaN."));
const never: Train = () => Promise.reject(new Error("must not train"));

describe("the sheet of PPO without a reward model", () => {
  it("tells of the reward model's run before the click: pairs, steps, and its time once one was trained", async () => {
    const project = await labelled(16);
    const { blocked, reward, preview } = await runSheet(project);
    expect(blocked).toBeNull();
    expect(reward).toMatchObject({ models: [], chosenId: null, missing: null });
    expect(reward?.first).toMatchObject({ pairs: preview.pairs, seconds: null });
    expect(reward?.first?.steps).toBeGreaterThanOrEqual(20);
    const { waitsFor } = await trainOnLatestLabels(project);
    await perform({ runId: waitsFor?.runId ?? "" }, async (config, options) => {
      await options.onEvent({
        type: "step",
        step: 20,
        totalSteps: 20,
        epoch: 1,
        metrics: {},
        tokens: 1,
        tokensPerSecond: 1,
        seconds: 1,
        etaSeconds: 0,
      });
      return succeed(config, options);
    });
    const after = await runSheet(project);
    expect(after.reward).toMatchObject({ chosenId: after.reward?.models[0]?.id, first: null });
    const again = await runSheet({ ...project, trainRewardFirst: true });
    expect(again.reward).toMatchObject({ chosenId: null, first: { seconds: expect.any(Number) } });
  });

  it("says that there are too few comparisons, and makes nothing then", async () => {
    const project = await labelled(16);
    // The project has prompts enough for PPO, but no pairs: nobody liked either completion.
    await database().comparisonLabel.updateMany({
      where: { label: { projectId: project.projectId } },
      data: { outcome: "both_bad", strength: null, chosenCompletionId: null, rejectedCompletionId: null },
    });
    const { blocked } = await runSheet(project);
    expect(blocked).toContain("this project has no reward model yet, and none can be trained first.");
    expect(blocked).toContain("Compare completions 5 more times.");
    await expect(trainOnLatestLabels(project)).rejects.toMatchObject({ code: "reward-missing", userMessage: blocked });
    expect(await database().datasetVersion.count({ where: { projectId: project.projectId } })).toBe(0);
    expect(await database().trainingRun.count({ where: { projectId: project.projectId } })).toBe(0);
  });

  it("trains none where a computed reward does it", async () => {
    const project = await labelled(16);
    const overrides = { rewardFunctions: JSON.stringify([{ name: "length", max: 20 }]) };
    expect((await runSheet({ ...project, overrides })).reward?.first).toBeNull();
    expect((await trainOnLatestLabels({ ...project, overrides })).waitsFor).toBeNull();
  });
});

describe("one click for PPO without a reward model", () => {
  it("queues two runs on one dataset version, of which the second has no job yet", async () => {
    const { first, second, readFirst, readSecond, overview, baseModelVersionId } = await clicked();
    const [reward, ppo] = [await readFirst(), await readSecond()];
    expect(reward).toMatchObject({ number: 1, method: "reward", status: "queued", isWaiting: false });
    expect(reward.awaitedBy.map(({ id }) => id)).toEqual([ppo.id]);
    expect(ppo).toMatchObject({
      number: 2,
      method: "ppo",
      status: "queued",
      isWaiting: true,
      rewardModel: null,
      waitsFor: { id: reward.id, number: 1 },
      activity: "waiting for run 1, which makes its reward model",
    });
    expect(ppo.datasetVersion.id).toBe(reward.datasetVersion.id);
    expect([reward.base.id, ppo.base.id]).toEqual([baseModelVersionId, baseModelVersionId]);
    expect([(await jobsOf(first)).length, (await jobsOf(second)).length]).toEqual([1, 0]);
    expect((await overview()).nextAction).toEqual({ code: "watch_run" });
  });

  it("lets PPO go on with the model that the first made, and shows both in the lineage", async () => {
    const { first, second, readFirst, readSecond, projectId, userId } = await clicked();
    await perform(second, never); // the job would have come too early
    expect((await readSecond()).status).toBe("queued");
    await perform(first, succeed);
    const rewardModel = (await readFirst()).model;
    expect(await readSecond()).toMatchObject({ isWaiting: false, activity: "waiting for the trainer", rewardModel });
    expect(await jobsOf(second)).toHaveLength(1);
    const rewardModelId = rewardModel?.id ?? "";
    await expect(
      archiveModel({ actor: actorIn(projectId, userId), modelVersionId: rewardModelId }),
    ).rejects.toMatchObject({
      userMessage: expect.stringContaining("is the reward model of run 2"),
    });
    let scoredBy: unknown;
    await perform(second, (config, options) => {
      scoredBy = config.method === "ppo" && config.rewardModels;
      return succeed(config, options);
    });
    expect(scoredBy).toEqual([expect.stringMatching(new RegExp(`${first.runId}/adapter$`))]);
    const made = (await readSecond()).model;
    const { lineage } = await getModel({ actor: actorIn(projectId, userId), modelVersionId: made?.id ?? "" });
    expect(lineage[0]?.run).toMatchObject({
      id: second.runId,
      labelCount: 16,
      rewardModel: { id: rewardModelId, run: { id: first.runId, number: 1, annotatorCount: 1 } },
    });
  });

  it("gives the waiting run no job when a worker puts lost jobs right, and one where it was lost", async () => {
    const { first, second } = await clicked();
    const boss = await startBoss({ works: true });
    await recoverJobs(boss, "training");
    expect(await jobsOf(second)).toHaveLength(0);
    await perform(first, succeed);
    await boss.deleteQueuedJobs("train");
    await recoverJobs(boss, "training");
    expect(await jobsOf(second)).toHaveLength(1);
    await boss.stop({ graceful: false });
  });
});

describe("a run that waits, when the other one ends without a model", () => {
  it("fails with it, saying why and what to do; trying the first again lets it wait again", async () => {
    const { first, second, readSecond, overview } = await clicked();
    await perform(first, fail);
    const ended = await readSecond();
    expect(ended).toMatchObject({ status: "failed", startedAt: null, error: { code: "awaited-run-ended" } });
    expect(ended.error?.message).toBe("Run 1, which was to make the reward model, failed: Step 7: the loss is NaN.");
    expect(ended.error?.hint).toContain("starts both runs again");
    expect((await overview()).run.latest).toMatchObject({ number: 1, status: "failed" }); // the reason lies with the first run
    await retryRun(first);
    expect(await readSecond()).toMatchObject({ status: "queued", isWaiting: true, error: null, finishedAt: null });
    expect(await jobsOf(second)).toHaveLength(0);
    await perform(first, succeed);
    await perform(second, succeed);
    expect(await readSecond()).toMatchObject({ status: "completed", model: { name: "PPO run 2" } });
  });

  it("is cancelled with it; trying it again starts both", async () => {
    const { first, readFirst, second, readSecond } = await clicked();
    await cancelRun(first);
    expect(await readSecond()).toMatchObject({
      status: "cancelled",
      error: { message: "Run 1, which was to make the reward model, was cancelled." },
    });
    await retryRun(second);
    expect(await readFirst()).toMatchObject({ status: "queued", isWaiting: false, error: null });
    expect(await readSecond()).toMatchObject({ status: "queued", isWaiting: true, error: null });
    expect([(await jobsOf(first)).length, (await jobsOf(second)).length]).toEqual([2, 0]);
  });

  it("ends as well where the other one's process died too often, or it is cancelled while it trains", async () => {
    const died = await clicked();
    await database().trainingRun.update({ where: { id: died.first.runId }, data: { status: "running", attempt: 3 } });
    await perform(died.first, never);
    expect(await died.readSecond()).toMatchObject({ status: "failed", error: { code: "awaited-run-ended" } });
    const stopped = await clicked();
    await perform(stopped.first, async (_config, { onEvent, signal }) => {
      await cancelRun(stopped.first);
      await onEvent({ type: "checkpoint", step: 1, path: "somewhere" });
      signal.throwIfAborted();
      throw new Error("not reached");
    });
    expect(await stopped.readSecond()).toMatchObject({ status: "cancelled", error: { code: "awaited-run-ended" } });
  });

  it("waits on while the other one is paused", async () => {
    const { first, readSecond } = await clicked();
    await perform(first, () => Promise.reject(new DomainError("run-paused", "Paused after step 1: KL explodes.")));
    expect(await readSecond()).toMatchObject({ isWaiting: true, waitsFor: { status: "paused" } });
    await retryRun(first);
    await perform(first, succeed);
    expect((await readSecond()).isWaiting).toBe(false);
  });
});

describe("a run that waits for one that is stopped at its checkpoint", () => {
  it("goes on with the model that is made of it", async () => {
    const { first, readFirst, second, readSecond } = await clicked();
    await perform(first, () => Promise.reject(new DomainError("run-paused", "Paused after step 1: KL explodes.")));
    await mkdir(dataPath(`runs/${first.runId}/checkpoints/step-000001`), { recursive: true });
    await stopAtCheckpoint(first);
    expect((await readSecond()).isWaiting).toBe(true);
    await perform(first, succeed);
    expect((await readFirst()).stopsAtCheckpoint).toBe(true);
    expect(await readSecond()).toMatchObject({ isWaiting: false, rewardModel: (await readFirst()).model });
    expect(await jobsOf(second)).toHaveLength(1);
  });

  it("waits again for one that had ended with it, and goes on with that model", async () => {
    const { first, second, readSecond } = await clicked();
    await perform(first, fail);
    expect((await readSecond()).status).toBe("failed");
    await mkdir(dataPath(`runs/${first.runId}/checkpoints/step-000001`), { recursive: true });
    await stopAtCheckpoint(first);
    expect(await readSecond()).toMatchObject({ status: "queued", isWaiting: true, error: null });
    expect(await jobsOf(second)).toHaveLength(0);
    await perform(first, succeed);
    expect(await readSecond()).toMatchObject({ status: "queued", isWaiting: false });
    expect(await jobsOf(second)).toHaveLength(1);
  });
});

describe("cancelling a run that waits", () => {
  it("leaves the other one alone, whose end then changes nothing", async () => {
    const { first, readFirst, second, readSecond } = await clicked();
    await cancelRun(second);
    expect(await readSecond()).toMatchObject({ status: "cancelled", error: null });
    expect((await readFirst()).status).toBe("queued");
    await perform(first, succeed);
    expect(await readSecond()).toMatchObject({ status: "cancelled", rewardModel: null });
    expect(await jobsOf(second)).toHaveLength(0);
    await retryRun(second); // the reward model is there by now
    expect(await readSecond()).toMatchObject({ isWaiting: false, rewardModel: (await readFirst()).model });
    expect(await jobsOf(second)).toHaveLength(1);
  });

  it("is not taken back when the other one is tried again", async () => {
    const { first, second, readSecond } = await clicked();
    await cancelRun(second);
    await perform(first, fail);
    await retryRun(first);
    expect(await readSecond()).toMatchObject({ status: "cancelled", error: null });
  });
});
