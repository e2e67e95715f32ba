import type { PpoConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { derivedSeed } from "../engine/derived-seed";
import { stopTokenIds } from "../models/load-model";
import { Checkpoints } from "./checkpoints";
import { finishingNow } from "./finishing-now";
import { Pace } from "./pace";
import { adaptNumbers } from "./ppo/adapt-numbers";
import { CapabilityWatch } from "./ppo/capability-watch";
import { locateFourModels } from "./ppo/four-models";
import { heldOutEvery } from "./ppo/held-out";
import { stepsPerIteration } from "./ppo/learn";
import { learnFromRollout } from "./ppo/learn-from-rollout";
import { measureByOthers, measureByPolicy } from "./ppo/measure-completions";
import { seatNetworks } from "./ppo/networks";
import { type PpoNumbers, ppoState } from "./ppo/ppo-state";
import { type PpoPrompt, preparePpo } from "./ppo/prepare-ppo";
import { rolloutOf } from "./ppo/rollout";
import { NO_MOMENTS } from "./ppo/running-moments";
import { sampleCompletions } from "./ppo/sample-completions";
import { scoreCompletions } from "./ppo/score-completions";
import { scoreHeldOut } from "./ppo/score-held-out";
import { createScorer } from "./ppo/score-samples";
import { nothingToScore, sortOutRefused } from "./ppo/sort-out-refused";
import { Stopwatch } from "./ppo/stopwatch";
import { tellIteration } from "./ppo/tell-iteration";
import type { RecipeRun, TrainedPolicy } from "./recipe";

/**
 * Proximal policy optimisation from a reward (Schulman et al. 2017, arXiv 1707.06347; Ouyang et al. 2022, arXiv
 * 2203.02155), and RLOO and GRPO on the same rollouts and losses.
 *
 * 1. Read the prompts; load policy, reference, value model and what scores.
 * 2. Each iteration: write completions; measure and score them; turn scores and KL into advantages; learn from them for
 *    some epochs; adapt β.
 */
export async function* trainPpo(run: RecipeRun<"ppo">): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Read the prompts and load the models.
  const { config, policy, prompts, heldOut, schedule, identity, ...prepared } = yield* preparePpo(run);
  const watch = config.suitesEvery === undefined ? null : new CapabilityWatch(policy.chat, config);
  const mixes = [...prepared.mixes, ...(watch ? [watch.mix] : [])];
  const { signal } = run;
  const { tokenizer } = policy.chat;
  const models = await locateFourModels(run, config, policy);
  const scorer = yield* createScorer(run, config, policy, models.folder);
  const stopIds = stopTokenIds(policy);
  const { vocabSize } = policy.model.config;
  const total = schedule.length;
  const optimizerSteps = total * stepsPerIteration(config.rolloutBatchSize * config.samplesPerPrompt, config);
  const networks = seatNetworks(run, config, models, { mixes, optimizerSteps });
  if (models.folder === null) yield { type: "phase", phase: "loading", message: "Loading reference and value model" };
  for (const seat of [networks.policy, networks.reference, networks.value]) await seat?.prepare();

  // 2. Iterate.
  const numbers: PpoNumbers = { klCoefficient: Number.NaN, klCourse: [], moments: NO_MOMENTS }; // β from the first scores on
  const checkpoints = new Checkpoints(run.checkpointFolder, identity, run.resume);
  const state = ppoState(networks.policy, networks.value, watch, numbers);
  const how = { tokenizer, stopIds, signal };
  const told = new Set<string>();
  const lookAtHeldOut = (at: { step: number; epoch: number }) =>
    scoreHeldOut({ networks, scorer }, heldOut, at, config, how, told);
  const checkpointEvery = config.checkpointEvery ?? defaultCheckpointEvery(config, total);
  const pace = new Pace();

  yield { type: "phase", phase: "training", message: "Training" };
  let iteration = await networks.policy.use(({ model }) => checkpoints.restore(model.trainable, state));
  for (const note of checkpoints.notes) yield { type: "phase", phase: "training", message: note };
  if (run.finishNow) yield finishingNow("iteration", iteration, total);
  else if (iteration > 0) {
    const message = `Going on after iteration ${iteration}`;
    yield { type: "phase", phase: "training", message, done: iteration, total };
  }
  if (watch && iteration === 0) {
    yield* networks.policy.during(({ model }) => watch.look(model, { step: 0, epoch: 0 }, signal));
  }
  if (heldOut.length > 0 && iteration === 0 && !run.finishNow) yield* lookAtHeldOut({ step: 0, epoch: 0 });
  while (iteration < total && !run.finishNow) {
    const { indices, epoch } = schedule[iteration] as (typeof schedule)[number];
    const asked = indices.map((index) => prompts[index] as PpoPrompt);
    const label = `Iteration ${iteration + 1}`;
    const clock = new Stopwatch();

    // Write completions, and measure them while the policy is in memory.
    const { rollout, refusedShare, own, writing } = yield* networks.policy.during(async function* ({ tools }) {
      const draw = {
        seed: derivedSeed(config.seed, iteration),
        samplesPerPrompt: config.samplesPerPrompt,
        phase: "training" as const,
        message: `${label}: writing completions`,
      };
      const written = yield* sampleCompletions(tools.generator, asked, draw, config, how);
      const { readable, refused } = yield* sortOutRefused(written, scorer, told, label.toLowerCase());
      if (readable.length === 0) throw nothingToScore(refused, label.toLowerCase());
      const rollout = rolloutOf(readable);
      const refusedShare = refused.length / written.length;
      const writing = clock.lap();
      yield { type: "phase", phase: "training", message: `${label}: scoring` };
      const own = await measureByPolicy(tools, rollout.samples, { vocabSize, signal });
      return { rollout, refusedShare, own, writing };
    });
    const others = await measureByOthers(networks, rollout.samples, signal);

    // Score the completions.
    const scored = await scoreCompletions(scorer, rollout.samples, { ...own, ...others }, numbers, config, signal);
    const scoring = clock.lap();

    // Learn from them.
    yield { type: "phase", phase: "training", message: `${label}: learning` };
    const { estimates, klCoefficient } = scored;
    const material = { rollout, estimates, klCoefficient, ...own, ...others };
    const lessons = await learnFromRollout(networks, material, iteration, config, signal);
    const learning = clock.lap();
    iteration += 1;

    // Adapt β and the normaliser.
    Object.assign(numbers, adaptNumbers(numbers, scored, config));

    // Report the iteration.
    const seconds = { writing, scoring, learning };
    const done = { number: iteration, total, epoch, rollout, refusedShare, own, others, scored, lessons, seconds };
    yield* tellIteration(done, config, { mixes, pace, tokenizer });
    if (watch && iteration % (config.suitesEvery ?? total) === 0) {
      yield* networks.policy.during(({ model }) => watch.look(model, { step: iteration, epoch }, signal));
    }
    if (heldOut.length > 0 && (iteration % heldOutEvery(config, total) === 0 || iteration === total)) {
      yield* lookAtHeldOut({ step: iteration, epoch });
    }
    // A run that was asked to stop during this iteration loses nothing of it.
    if ((iteration % checkpointEvery === 0 || signal.aborted) && iteration < total) {
      const path = await networks.policy.use(({ model }) => checkpoints.save(iteration, model.trainable, state));
      yield { type: "checkpoint", step: iteration, path };
    }
  }
  return { policy: { ...policy, model: await networks.policy.stay() }, step: iteration };
}

/** A stopped run goes on from its newest checkpoint; an adapter's is small, and an iteration takes long. */
function defaultCheckpointEvery({ lora, adapter }: PpoConfig, iterations: number): number {
  return lora || adapter ? 1 : Math.max(1, Math.ceil(iterations / 10));
}
