import { z } from "zod";
import { PROBES } from "@/domain/runs/reward-report";
import { METHODS } from "@/domain/runs/run-config";
import { cancelRun } from "../runs/cancel-run";
import { correctProbe } from "../runs/correct-probe";
import { diagnoseRun } from "../runs/diagnose-run";
import { readRewardReport } from "../runs/read-reward-report";
import { readRollout, readRollouts } from "../runs/read-rollouts";
import { readRunFolder } from "../runs/read-run-folder";
import { retryRun } from "../runs/retry-run";
import { listRunLog, listRunMetrics } from "../runs/run-figures";
import { getRun, listRuns } from "../runs/run-row";
import { runSheet } from "../runs/run-sheet";
import { stopAtCheckpoint } from "../runs/stop-at-checkpoint";
import { trainOnLatestLabels } from "../runs/train-on-latest-labels";
import { watchRun } from "../runs/watch-run";
import { projectAdmin, router } from "./trpc";

const oneRun = z.object({ runId: z.uuid() });
const overrides = z.record(z.string().max(100), z.union([z.number(), z.string().max(1000), z.boolean()])).optional();
/** The reward model: null for none; the newest one where the key is absent. */
const rewardModelVersionId = z.uuid().nullable().optional();
/**
 * Trains PPO's reward model first, in a run of its own that the other run waits for. Where the key is absent, this
 * happens only if there is no reward model.
 */
const trainRewardFirst = z.boolean().optional();

export const runsRouter = router({
  sheet: projectAdmin
    .input(
      z.object({
        method: z.enum(METHODS).optional(),
        baseModelVersionId: z.uuid().optional(),
        rewardModelVersionId,
        trainRewardFirst,
        overrides,
      }),
    )
    .query(({ ctx, input }) =>
      runSheet({
        actor: ctx.actor,
        method: input.method,
        baseModelVersionId: input.baseModelVersionId,
        rewardModelVersionId: input.rewardModelVersionId,
        trainRewardFirst: input.trainRewardFirst,
        overrides: input.overrides,
      }),
    ),

  trainOnLatestLabels: projectAdmin
    .input(
      z.object({
        method: z.enum(METHODS),
        baseModelVersionId: z.uuid(),
        rewardModelVersionId,
        trainRewardFirst,
        overrides,
      }),
    )
    .mutation(({ ctx, input }) =>
      trainOnLatestLabels({
        actor: ctx.actor,
        method: input.method,
        baseModelVersionId: input.baseModelVersionId,
        rewardModelVersionId: input.rewardModelVersionId,
        trainRewardFirst: input.trainRewardFirst,
        overrides: input.overrides,
      }),
    ),

  list: projectAdmin.query(({ ctx }) => listRuns(ctx.actor)),

  get: projectAdmin.input(oneRun).query(({ ctx, input }) => getRun({ actor: ctx.actor, runId: input.runId })),

  metrics: projectAdmin
    .input(oneRun)
    .query(({ ctx, input }) => listRunMetrics({ actor: ctx.actor, runId: input.runId })),

  diagnosis: projectAdmin
    .input(oneRun)
    .query(({ ctx, input }) => diagnoseRun({ actor: ctx.actor, runId: input.runId })),

  log: projectAdmin
    .input(oneRun.extend({ afterId: z.string().regex(/^\d+$/).max(19).optional() }))
    .query(({ ctx, input }) => listRunLog({ actor: ctx.actor, runId: input.runId, afterId: input.afterId })),

  watch: projectAdmin
    .input(oneRun)
    .subscription(({ ctx, input }) => watchRun({ actor: ctx.actor, runId: input.runId }, ctx.until)),

  folder: projectAdmin.input(oneRun).query(({ ctx, input }) => readRunFolder({ actor: ctx.actor, runId: input.runId })),

  /** The rollouts of one iteration, the newest where none is named. */
  rollouts: projectAdmin
    .input(oneRun.extend({ iteration: z.int().positive().optional() }))
    .query(({ ctx, input }) => readRollouts({ actor: ctx.actor, runId: input.runId, iteration: input.iteration })),

  /** One rollout with all its tokens, by its line in the run's file. */
  rollout: projectAdmin
    .input(oneRun.extend({ iteration: z.int().positive(), line: z.int().positive() }))
    .query(({ ctx, input: { runId, iteration, line } }) => readRollout({ actor: ctx.actor, runId, iteration, line })),

  /** The reward report; null where the run wrote none. */
  rewardReport: projectAdmin
    .input(oneRun)
    .query(({ ctx, input }) => readRewardReport({ actor: ctx.actor, runId: input.runId })),

  correctProbe: projectAdmin
    .input(oneRun.extend({ probe: z.enum(PROBES) }))
    .mutation(({ ctx, input }) => correctProbe({ actor: ctx.actor, runId: input.runId, probe: input.probe })),

  cancel: projectAdmin.input(oneRun).mutation(({ ctx, input }) => cancelRun({ actor: ctx.actor, runId: input.runId })),

  /** Ends a paused, cancelled or failed run with its newest checkpoint, which becomes a model version. */
  stopAtCheckpoint: projectAdmin
    .input(oneRun)
    .mutation(({ ctx, input }) => stopAtCheckpoint({ actor: ctx.actor, runId: input.runId })),

  retry: projectAdmin.input(oneRun).mutation(({ ctx, input }) => retryRun({ actor: ctx.actor, runId: input.runId })),
});
