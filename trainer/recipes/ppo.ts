import type * as tf from "@tensorflow/tfjs";
import type { Metrics } from "@/domain/runs/metric-names";
import { ROLLOUT_METRICS } from "@/domain/runs/rollout-metrics";
import type { PpoConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { createGenerator } from "../generation/generate";
import { stopTokenIds } from "../models/load-model";
import type { CausalLanguageModel } from "../models/types";
import { Checkpoints } from "./checkpoints";
import { finishingNow } from "./finishing-now";
import { callOnce, gradientFunction } from "./gradient-function";
import { nonFiniteIteration } from "./non-finite";
import { Pace } from "./pace";
import { PACKED_ARGUMENTS } from "./pack-completions";
import { CapabilityWatch } from "./ppo/capability-watch";
import { estimateAdvantages } from "./ppo/estimate-advantages";
import { locateFourModels } from "./ppo/four-models";
import { iterationFigures } from "./ppo/iteration-figures";
import { courseAfter, nextKlCoefficient, startingKlCoefficient } from "./ppo/kl-coefficient";
import { type Learner, type Lesson, learn, stepsPerIteration } from "./ppo/learn";
import { nucleiTensor, nucleusFinder } from "./ppo/nucleus";
import { POLICY_FIGURES, policyLoss, valueLoss } from "./ppo/policy-loss";
import { type PpoNumbers, ppoState } from "./ppo/ppo-state";
import { type PpoPrompt, preparePpo } from "./ppo/prepare-ppo";
import type { Sample } from "./ppo/rollout";
import { rolloutRows } from "./ppo/rollout-rows";
import { NO_MOMENTS } from "./ppo/running-moments";
import { sampleCompletions } from "./ppo/sample-completions";
import { createScorer } from "./ppo/score-samples";
import { Seat } from "./ppo/seat";
import { shapeScores } from "./ppo/shape-scores";
import { createTextGradients, type TextMix } from "./ppo/text-mix";
import { packSamples, targetCount, tokenForward, totalLength } from "./ppo/token-forward";
import { policyTokens, updatedTokens, valueTokens } from "./ppo/token-functions";
import { flat, type TokenRows, tokenWeights } from "./ppo/token-rows";
import type { RecipeRun, TrainedPolicy } from "./recipe";
import type { RunScope } from "./run-scope";
import { createUpdate, type Update } from "./update";

/**
 * Proximal policy optimisation from a reward (Schulman et al. 2017, arXiv 1707.06347; Ouyang et al. 2022, arXiv
 * 2203.02155), and RLOO and GRPO on the same rollouts and losses.
 *
 * 1. Read the prompts; load policy, reference, value model and what scores.
 * 2. Each iteration: write completions; measure and score them; turn scores and KL into advantages; learn from them for
 *    some epochs; adapt β.
 */
export async function* trainPpo(run: RecipeRun<"ppo">): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Prompts and models.
  const { config, policy, prompts, schedule, identity, ...prepared } = yield* preparePpo(run);
  const watch = config.suitesEvery === undefined ? null : new CapabilityWatch(policy.chat, config);
  const mixes = [...prepared.mixes, ...(watch ? [watch.mix] : [])];
  const { signal } = run;
  const { tokenizer } = policy.chat;
  const models = await locateFourModels(run, config, policy);
  const scorer = yield* createScorer(run, config, policy, models.folder);
  const stopIds = stopTokenIds({ ...policy.files, model: policy.model, tokenizer });
  const { vocabSize } = policy.model.config;
  const slots = config.microBatchSize;
  const perIteration = stepsPerIteration(config.rolloutBatchSize * config.samplesPerPrompt, config);
  const optimizerSteps = schedule.length * perIteration;
  const updateOf = (learningRate: number) => (model: CausalLanguageModel, owner: RunScope) =>
    owner.own(createUpdate({ ...config, learningRate }, model.trainable, optimizerSteps));

  const policySeat = new Seat(
    {
      role: "policy",
      load: models.policy,
      learn: updateOf(config.policyLearningRate),
      build: (model, owner) => policyTools(model, owner, mixes, config),
    },
    models.folder,
    run,
  );
  const { adapter } = models.reference;
  const referenceSeat = new Seat(
    {
      role: "reference",
      load: models.reference.load,
      build: (model, owner) =>
        tokenForward(owner, "ppo-reference", (of) => policyTokens({ model, adapter }, of, config).logProbs, slots),
    },
    models.folder,
    run,
  );
  const valueSeat =
    models.value &&
    new Seat(
      {
        role: "value",
        load: models.value,
        learn: updateOf(config.valueLearningRate),
        build: (model, owner) => valueTools(model, owner, config),
      },
      models.folder,
      run,
    );
  if (models.folder === null) {
    yield { type: "phase", phase: "loading", message: "Loading reference and value model" };
    for (const seat of [policySeat, referenceSeat, valueSeat]) await seat?.enter();
  }

  // 2. Iterations.
  const numbers: PpoNumbers = { klCoefficient: Number.NaN, klCourse: [], moments: NO_MOMENTS }; // β from the first scores on
  const checkpoints = new Checkpoints(run.checkpointFolder, identity, run.resume);
  const state = ppoState(policySeat, valueSeat, watch, numbers);
  const checkpointEvery = config.checkpointEvery ?? defaultCheckpointEvery(config, schedule.length);
  const total = schedule.length;
  const pace = new Pace();

  yield { type: "phase", phase: "training", message: "Training" };
  let iteration = await checkpoints.restore((await policySeat.enter()).model.trainable, state);
  await policySeat.leave();
  for (const note of checkpoints.notes) yield { type: "phase", phase: "training", message: note };
  if (run.finishNow) yield finishingNow("iteration", iteration, total);
  else if (iteration > 0) {
    yield {
      type: "phase",
      phase: "training",
      message: `Going on after iteration ${iteration}`,
      done: iteration,
      total,
    };
  }
  if (watch && iteration === 0) {
    yield* watch.look((await policySeat.enter()).model, { step: 0, epoch: 0 }, signal);
    await policySeat.leave();
  }
  while (iteration < total && !run.finishNow) {
    const { indices, epoch } = schedule[iteration] as (typeof schedule)[number];
    const clock = new Stopwatch();
    const label = `Iteration ${iteration + 1}`;

    // Write.
    const asked = indices.map((index) => prompts[index] as PpoPrompt);
    const { generator, ...measure } = (await policySeat.enter()).tools;
    const samples = yield* sampleCompletions(generator, asked, iteration, config, { tokenizer, stopIds, signal });
    const lengths = samples.map(({ ids }) => ids.length);
    const written = sum(lengths);
    const read = sum(samples.map(totalLength));
    const generateSeconds = clock.lap();

    // Measure and score.
    yield { type: "phase", phase: "training", message: `${label}: scoring` };
    const logProbs = await measure.logProbs(samples, signal);
    const nuclei = measure.nuclei && (await measure.nuclei(samples, signal));
    const within = (indices: readonly number[], size: number) =>
      nuclei ? [nucleiTensor(nuclei, indices, size, vocabSize)] : [];
    const oldLogProbs = nuclei ? await measure.sampler(samples, signal, within) : logProbs;
    await policySeat.leave();
    const referenceLogProbs = await (await referenceSeat.enter()).tools(samples, signal);
    await referenceSeat.leave();
    const values = valueSeat && (await (await valueSeat.enter()).tools.measure(samples, signal));
    await valueSeat?.leave();
    const rawScores = await scorer(samples, signal);
    const shaped = shapeScores(
      samples.map(({ ids, ended }, index) => ({ score: rawScores[index] as number, length: ids.length, ended })),
      numbers.moments,
      config,
    );
    if (iteration === 0) numbers.klCoefficient = startingKlCoefficient(shaped.scores, config);
    const { klCoefficient } = numbers;
    const groups = samples.map(({ group }) => group);
    const measured = { logProbs, referenceLogProbs, values, scores: shaped.scores, prompts: groups };
    const estimates = estimateAdvantages(measured, { ...config, klCoefficient });
    const scoreSeconds = clock.lap();

    // Learn.
    yield { type: "phase", phase: "training", message: `${label}: learning` };
    const learner = (
      gradients: (args: tf.Tensor[]) => ReturnType<Learner["gradients"]>,
      rows: readonly TokenRows[],
      others: Omit<Learner, "gradients">,
      more: typeof within = () => [],
    ): Learner => ({
      ...others,
      gradients(micro, minibatch) {
        const args = minibatchArguments(samples, rows, micro, minibatch, slots);
        return callOnce(gradients, [...args, ...more(micro, targetCount(args))]);
      },
    });
    const isEnough = (figures: readonly number[]) =>
      config.epochKlLimit !== undefined &&
      (figures[POLICY_FIGURES.indexOf("approxKl")] as number) > config.epochKlLimit;
    const at = { iteration, firstStep: iteration * perIteration };
    const ofPolicy = await policySeat.enter({ learning: true });
    const policyLearner = learner(
      ofPolicy.tools.gradients,
      [oldLogProbs, estimates.advantages],
      { update: ofPolicy.update as Update, beside: ofPolicy.tools.beside, isEnough },
      within,
    );
    const policyLesson = await learn(policyLearner, lengths, config, at, signal);
    await policySeat.leave();
    let valueLesson: Lesson | null = null;
    if (valueSeat && values) {
      const { tools, update } = await valueSeat.enter({ learning: true });
      const valueLearner = learner(tools.gradients, [values, estimates.returns], { update: update as Update });
      valueLesson = await learn(valueLearner, lengths, config, at, signal);
      await valueSeat.leave();
    }
    const updateSeconds = clock.lap();
    iteration += 1;
    refuseNonFinite(config, iteration, policyLesson, valueLesson);

    // Adapt.
    const kl = sum(estimates.kl.map((row) => sum(row))) / samples.length;
    numbers.klCourse = courseAfter(numbers.klCourse, kl, config);
    numbers.klCoefficient = nextKlCoefficient(klCoefficient, numbers.klCourse, samples.length, config);
    numbers.moments = shaped.moments;

    // Tell.
    const seconds = generateSeconds + scoreSeconds + updateSeconds;
    pace.add(read, seconds);
    const metrics: Metrics = {
      ...iterationFigures({
        ...config,
        samples,
        rawScores,
        scores: shaped.scores,
        logProbs,
        values,
        estimates,
        klCoefficient,
        policy: policyLesson,
        value: valueLesson,
        mixes,
      }),
      [ROLLOUT_METRICS.generateSpeed]: written / generateSeconds,
      [ROLLOUT_METRICS.scoreSpeed]: read / scoreSeconds,
      [ROLLOUT_METRICS.updateSpeed]: (read * config.ppoEpochs) / updateSeconds,
      [ROLLOUT_METRICS.peakMemory]: (process.resourceUsage().maxRSS * 1024) / 1e9,
    };
    const tokensPerSecond = pace.tokensPerSecond();
    const etaSeconds = pace.etaSeconds(total - iteration);
    yield {
      type: "step",
      step: iteration,
      totalSteps: total,
      epoch,
      metrics,
      tokens: read,
      tokensPerSecond,
      seconds,
      etaSeconds,
    };
    const rollouts = rolloutRows(iteration, samples, rawScores, estimates, values, tokenizer);
    yield { type: "rollouts", step: iteration, rollouts };
    if (watch && iteration % (config.suitesEvery ?? total) === 0) {
      yield* watch.look((await policySeat.enter()).model, { step: iteration, epoch }, signal);
      await policySeat.leave();
    }
    // A run that was asked to stop with this iteration loses nothing of it.
    if ((iteration % checkpointEvery === 0 || signal.aborted) && iteration < total) {
      const { model } = await policySeat.enter();
      const path = await checkpoints.save(iteration, model.trainable, state);
      await policySeat.leave();
      yield { type: "checkpoint", step: iteration, path };
    }
  }
  return { policy: { ...policy, model: (await policySeat.enter()).model }, step: iteration };
}

/** What is done with the policy: write, measure what was written, learn from it. */
function policyTools(model: CausalLanguageModel, scope: RunScope, mixes: readonly TextMix[], config: PpoConfig) {
  const slots = config.microBatchSize;
  // Under top-p the sampler's probabilities are those within its nuclei.
  const nuclei = config.topP < 1 ? nucleusFinder(scope, model, config) : null;
  return {
    generator: scope.own(createGenerator(model)),
    nuclei,
    logProbs: tokenForward(
      scope,
      "ppo-log-probs",
      (packed) => policyTokens({ model, adapter: true }, packed, config).logProbs,
      slots,
    ),
    sampler: tokenForward(
      scope,
      "ppo-sampler",
      (packed) =>
        updatedTokens(model, packed, packed.at(-1) as tf.Tensor2D, { ...config, entropyCoefficient: 0 }).logProbs,
      slots,
    ),
    gradients: gradientFunction(scope, "ppo-policy-gradients", model.trainable, (args) => {
      const nucleus = nuclei ? (args.at(-1) as tf.Tensor2D) : null;
      const tokens = updatedTokens(model, args.slice(0, PACKED_ARGUMENTS), nucleus, config);
      return policyLoss(tokens, args.slice(PACKED_ARGUMENTS), config);
    }),
    beside: createTextGradients(scope, model, mixes, config),
  };
}

function valueTools(model: CausalLanguageModel, scope: RunScope, config: PpoConfig) {
  return {
    measure: tokenForward(scope, "ppo-values", (packed) => valueTokens(model, packed), config.microBatchSize),
    gradients: gradientFunction(scope, "ppo-value-gradients", model.trainable, (args) =>
      valueLoss(valueTokens(model, args.slice(0, PACKED_ARGUMENTS), config), args.slice(PACKED_ARGUMENTS), config),
    ),
  };
}

/** A packed micro-batch with its tokens' columns and weights. */
function minibatchArguments(
  samples: readonly Sample[],
  rows: readonly TokenRows[],
  micro: readonly number[],
  minibatch: readonly number[],
  slots: number,
): tf.Tensor[] {
  const packed = packSamples(
    micro.map((index) => samples[index] as Sample),
    slots,
  );
  const size = targetCount(packed);
  const lengths = samples.map(({ ids }) => ids.length);
  return [...packed, ...rows.map((row) => flat(row, micro, size)), tokenWeights(lengths, micro, minibatch, size)];
}

/** A stopped run goes on from its newest checkpoint; an adapter's is small, and an iteration takes long. */
function defaultCheckpointEvery({ lora, adapter }: PpoConfig, iterations: number): number {
  return lora || adapter ? 1 : Math.max(1, Math.ceil(iterations / 10));
}

function refuseNonFinite(config: PpoConfig, iteration: number, policy: Lesson, value: Lesson | null): void {
  for (const [lesson, of] of [
    [policy, "policy"],
    [value, "value"],
  ] as const) {
    const figures = [...(lesson?.losses ?? []), ...(lesson?.gradNorms ?? [])];
    const bad = figures.find((figure) => !Number.isFinite(figure));
    if (bad !== undefined) throw nonFiniteIteration(config, iteration, of, bad);
  }
}

/** Seconds from one call to the next. */
class Stopwatch {
  private last = performance.now();

  lap(): number {
    const now = performance.now();
    const seconds = (now - this.last) / 1000;
    this.last = now;
    return Math.max(seconds, 1e-6);
  }
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}
