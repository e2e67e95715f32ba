import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { REWARD_REPORT_FILE } from "@/domain/runs/reward-report";
import { shareOf } from "@/domain/statistics/share";
import { database } from "../database/client";
import { startBoss } from "../jobs/boss";
import { recoverJobs } from "../jobs/recover-jobs";
import { archiveModel } from "../models/archive-model";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { withTestQueue } from "../testing/test-loop";
import { reportOf } from "../testing/test-report";
import { clicked, jobsOf, perform, succeed } from "../testing/two-runs";
import { cancelRun } from "./cancel-run";
import type { Train } from "./perform-run";
import { retryRun } from "./retry-run";
import { runSheet } from "./run-sheet";

withTestDatabase();
withTestQueue();

const reporting =
  (text: string): Train =>
  async (config, options) => {
    await mkdir(options.outputDir, { recursive: true });
    await writeFile(path.join(options.outputDir, REWARD_REPORT_FILE), text);
    return succeed(config, options);
  };
/** Trains a reward model that puts so many of the held-out pairs, each of a prompt of its own, in the right order. */
const ordering = (count: number, of: number): Train => {
  const { accuracy, ...report } = reportOf({ heldOut: { pairs: of, prompts: of, split: "validation" } });
  return reporting(JSON.stringify({ ...report, accuracy: { ...accuracy, overall: shareOf(count, of) } }));
};

const DOUBT =
  "The reward model put 27 of 50 held-out pairs in the right order, 54 % (40–67 %), which can't be told from chance.";
const HELD = { status: "paused", startedAt: null, error: { code: "reward-in-doubt", message: DOUBT } };

describe("a run of PPO whose reward model can't be told from chance", () => {
  it("is paused with the figures and gets no job, not by recovery either; it is what the overview asks for", async () => {
    const { first, second, readFirst, readSecond, overview, projectId, userId } = await clicked();
    await perform(first, ordering(27, 50));
    const { model, status, awaitedBy } = await readFirst();
    expect(status).toBe("completed");
    expect(awaitedBy).toMatchObject([{ number: 2, status: "paused" }]);
    expect(await readSecond()).toMatchObject({ ...HELD, isWaiting: false, rewardModel: model, activity: null });
    const boss = await startBoss({ works: true });
    await recoverJobs(boss, "training");
    await boss.stop({ graceful: false });
    expect(await jobsOf(second)).toHaveLength(0);
    expect(await overview()).toMatchObject({
      nextAction: { code: "decide_paused_run" },
      run: { paused: { id: second.runId, reason: DOUBT } },
    });
    await expect(
      archiveModel({ actor: actorIn(projectId, userId), modelVersionId: model?.id ?? "" }),
    ).rejects.toMatchObject({
      userMessage: expect.stringContaining("is the reward model of run 2"),
    });
  });

  it("starts when a person says so, once", async () => {
    const { first, second, readSecond } = await clicked();
    await perform(first, ordering(27, 50));
    await retryRun(second);
    expect(await readSecond()).toMatchObject({ status: "queued", isWaiting: false, error: null, finishedAt: null });
    expect(await jobsOf(second)).toHaveLength(1);
    const messages = await database().runLogLine.findMany({ where: { runId: second.runId }, orderBy: { id: "asc" } });
    expect(messages.slice(-2).map(({ message }) => message)).toEqual([
      DOUBT,
      "The run was started although its reward model is in doubt.",
    ]);
    await expect(retryRun(second)).rejects.toMatchObject({ code: "run-not-retryable" });
    await perform(second, () => Promise.reject(new Error("the disk is full")));
    await retryRun(second); // the person has been told
    await perform(second, succeed);
    expect((await readSecond()).status).toBe("completed");
  });

  it("is cancelled at once, and started by “Run again” after that", async () => {
    const { first, second, readSecond } = await clicked();
    await perform(first, ordering(27, 50));
    await cancelRun(second);
    expect(await readSecond()).toMatchObject({ status: "cancelled", error: { message: DOUBT } });
    await retryRun(second);
    expect(await readSecond()).toMatchObject({ status: "queued", error: null });
  });

  it("is paused as well where it meets the model only when it is tried again", async () => {
    const { first, second, readSecond } = await clicked();
    await cancelRun(second);
    await perform(first, ordering(27, 50));
    expect(await readSecond()).toMatchObject({ status: "cancelled", error: null });
    await retryRun(second);
    expect(await readSecond()).toMatchObject(HELD);
    expect(await jobsOf(second)).toHaveLength(0);
    await retryRun(second);
    expect(await jobsOf(second)).toHaveLength(1);
  });

  it("is paused where the report can't be read: it vouches for nothing", async () => {
    const { first, readFirst, readSecond } = await clicked();
    await perform(first, reporting("{"));
    expect((await readFirst()).status).toBe("completed");
    expect(await readSecond()).toMatchObject({
      status: "paused",
      error: { message: "The run's reward-report.json cannot be read: it is not valid JSON." },
    });
  });

  it("starts by itself where the report says better than chance, or had nothing held out", async () => {
    for (const train of [ordering(40, 50), ordering(0, 0)]) {
      const { first, second, readSecond } = await clicked();
      await perform(first, train);
      expect(await readSecond()).toMatchObject({ status: "queued", isWaiting: false, error: null });
      expect(await jobsOf(second)).toHaveLength(1);
    }
  });
});

describe("the sheet of PPO", () => {
  it("says what the report of the chosen reward model says against it", async () => {
    const { first, readFirst, ...project } = await clicked();
    await perform(first, ordering(27, 50));
    expect((await runSheet(project)).reward?.doubt).toEqual({ message: DOUBT, runId: first.runId });
    expect((await runSheet({ ...project, rewardModelVersionId: null })).reward?.doubt).toBeNull();
    expect((await runSheet({ ...project, trainRewardFirst: true })).reward?.doubt).toBeNull();
    const better = await clicked();
    await perform(better.first, ordering(40, 50));
    expect((await runSheet(better)).reward?.doubt).toBeNull();
  });
});
