import { type Method, methodOf } from "@/domain/runs/methods";
import type { ModelVersion } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import type { SplitCounts } from "../datasets/count-records";
import { type CountedPreview, type DatasetPreview, readPreview } from "../datasets/preview-dataset";
import { chooseBase, learnedToImitate, listBases } from "./choose-base";
import { chooseReward } from "./choose-reward";
import { type ConfigurationField, describeConfiguration } from "./describe-configuration";
import { doubtRewardModel } from "./doubt-reward-model";
import { estimateRunMemory } from "./estimate-run-memory";
import { type Overrides, type ResolvedConfiguration, resolveConfiguration } from "./resolve-configuration";
import { examplesOfStep, secondsPerExample, trainingDevice } from "./training-device";
import {
  FEW_RECORDS,
  listMethods,
  type Recommendation,
  recommendMethod,
  tooFewRecords,
  trainingRecords,
} from "./training-methods";
import { warnOfControlTokens } from "./warn-of-control-tokens";

export interface RunSheet {
  method: Method;
  methods: { method: Method; available: boolean; reason: string | null }[];
  recommendation: Recommendation;
  base: { id: string; name: string };
  /** A model to start from; `scores` marks a reward model, from which only another reward model can start. */
  bases: { id: string; name: string; scores: boolean }[];
  preview: CountedPreview;
  configuration: ConfigurationField[];
  warnings: string[];
  /** The reason why the run cannot start, in one sentence that says what is missing; null where it can. */
  blocked: string | null;
  /** The source of the scores of the completions that the run writes; null for methods that write none. */
  reward: {
    models: { id: string; name: string }[];
    chosenId: string | null;
    missing: string | null;
    /** What the report of the chosen reward model's run speaks against it; null where it speaks nothing. */
    doubt: { message: string; runId: string } | null;
    /** The run that trains a reward model before this one; null where none does. */
    first: RewardFirst | null;
  } | null;
  /** The estimates; `memory` is a line for a person, null where the model's shape is not known yet. */
  estimate: { steps: number; seconds: number | null; memory: string | null };
}

export interface RewardFirst {
  /** The preference pairs that the reward model learns from, and those held out. */
  pairs: SplitCounts;
  steps: number;
  /** The seconds that the training will take; null where no reward model was trained from this base yet. */
  seconds: number | null;
  warnings: string[];
}

/** Everything that the sheet of "Train on latest labels" shows before the click. */
export async function runSheet(input: {
  actor: ProjectActor;
  method?: Method;
  baseModelVersionId?: string;
  rewardModelVersionId?: string | null;
  trainRewardFirst?: boolean;
  overrides?: Overrides;
}): Promise<RunSheet> {
  const { projectId } = requireAdmin(input.actor);

  const [preview, base, device] = await Promise.all([
    readPreview(projectId),
    chooseBase(database(), { projectId, modelVersionId: input.baseModelVersionId, method: input.method }),
    trainingDevice(),
  ]);
  const recommendation = recommendMethod(preview, { imitates: await learnedToImitate(database(), base) });
  const method = input.method ?? recommendation.method;
  const methods = listMethods(preview);
  const bases = await listBases(database(), projectId, method);
  const examples = trainingRecords(method, preview);
  const fromAdapter = base.artifactKind === "adapter";
  const reward = await chooseReward(database(), { ...input, projectId, method, counts: preview });
  const resolved = resolveConfiguration({
    method,
    fromAdapter,
    examples,
    device,
    overrides: input.overrides,
    desirable: preview.desirable,
  });
  const memory = await estimateRunMemory({
    projectId,
    base,
    values: resolved.values,
    rewardModel: reward.chosen !== null || reward.trainFirst,
  });
  const controlTokens = await warnOfControlTokens(projectId, base);
  const first = reward.trainFirst ? await rewardFirst({ projectId, base, fromAdapter, device, preview }) : null;
  return {
    method,
    methods,
    recommendation,
    base: { id: base.id, name: base.name },
    bases: bases.map(({ id, name, kind }) => ({ id, name, scores: kind === "reward" })),
    preview,
    configuration: describeConfiguration(method, resolved, fromAdapter, {
      demonstrations: preview.demonstrations.train,
    }),
    warnings: [...tooFewToLearn(method, examples), ...resolved.warnings, ...(memory?.warnings ?? []), ...controlTokens],
    blocked: tooFewRecords(method, preview) ?? methods.find((one) => one.method === method)?.reason ?? reward.missing,
    reward:
      methodOf(method).learnsFrom === "prompt"
        ? {
            models: reward.models,
            chosenId: reward.chosen?.id ?? null,
            missing: reward.missing,
            first,
            doubt: await doubtOfChosen(reward.chosen),
          }
        : null,
    estimate: {
      steps: resolved.steps,
      seconds: await secondsOf(method, base.id, resolved),
      memory: memory?.line ?? null,
    },
  };
}

async function doubtOfChosen(chosen: ModelVersion | null) {
  if (!chosen?.trainingRunId) return null;
  const run = await database().trainingRun.findUniqueOrThrow({ where: { id: chosen.trainingRunId } });
  const message = await doubtRewardModel(run);
  return message === null ? null : { message, runId: run.id };
}

async function rewardFirst(run: {
  projectId: string;
  base: ModelVersion;
  fromAdapter: boolean;
  device: "cpu" | "gpu";
  preview: DatasetPreview;
}): Promise<RewardFirst> {
  const { projectId, base, fromAdapter, preview } = run;
  const examples = trainingRecords("reward", preview);
  const resolved = resolveConfiguration({ method: "reward", fromAdapter, examples, device: run.device });
  const memory = await estimateRunMemory({
    projectId,
    base,
    values: resolved.values,
    rewardModel: false,
  });
  return {
    pairs: preview.pairs,
    steps: resolved.steps,
    seconds: await secondsOf("reward", base.id, resolved),
    warnings: [...tooFewToLearn("reward", examples), ...resolved.warnings, ...(memory?.warnings ?? [])],
  };
}

/** Estimates the time by what the last run of this kind took on this instance; null where there was none. */
async function secondsOf(method: Method, baseId: string, { steps, values }: ResolvedConfiguration) {
  const perExample = await secondsPerExample(method, baseId);
  return perExample === null ? null : Math.round(perExample * steps * examplesOfStep(values));
}

function tooFewToLearn(method: Method, examples: number): string[] {
  if (examples >= FEW_RECORDS) return [];
  const noun = methodOf(method).learnsFrom === "prompt" ? "prompt" : "record";
  return [
    `There ${examples === 1 ? `is only 1 ${noun}` : `are only ${examples} ${noun}s`} to train on: enough to see the loop work, too few to learn what people mean.`,
  ];
}
