import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import type { RunEvent } from "@/domain/runs/run-events";
import { type Sequence, sequenceLength } from "../data/tokenize-dataset";
import { callOnce } from "../engine/compile-named";
import { ktoLoss, ktoReferencePoint } from "../losses/kto";
import { withPreferredLikelihood } from "../losses/preferred-likelihood";
import type { Draws } from "./dropout-seeds";
import { ratedCompletions } from "./example-kinds";
import { roundingOf } from "./float-tie";
import { forwardFunction } from "./forward-function";
import { gradientFunction } from "./gradient-function";
import { besideLogProbs, logitFigures, sequenceMeasures } from "./mean-logits";
import { mismatches } from "./mismatched-completions";
import { type PackedCompletions, packSequences, sequenceLogProbs } from "./pack-completions";
import { driftFigures, eachExample, type MicroBatchValues, mean, nllFigure, weightTensor } from "./pair-figures";
import { prepareRun } from "./prepare-run";
import type { RecipeRun, TrainedPolicy } from "./recipe";
import { cachedReference } from "./reference-log-probs";
import { type LoopMethod, trainingLoop } from "./training-loop";

/**
 * Kahneman–Tversky optimisation (Ethayarajh et al. 2024, arXiv 2402.01306): single completions, desirable or not.
 *
 * 1. Read the rated completions; load the policy.
 * 2. Compute the reference's log-probs of every completion, and of every mismatched one: a prompt with the completion
 * of the nearest example before it in its batch that answers another prompt (a batch of one prompt borrows from the
 * other training examples). The reference point z is estimated from the mismatched ones. All batches are known
 * beforehand.
 * 3. Step by step, move desirable completions above z and undesirable ones below it.
 */
export async function* trainKto(run: RecipeRun<"kto">): AsyncGenerator<RunEvent, TrainedPolicy> {
  // 1. Read the rated completions and load the policy.
  const prepared = yield* prepareRun(run, ratedCompletions);
  const { config, model, example, held, count } = prepared;
  const slots = config.microBatchSize;

  // 2. Number the sequences: first the examples' own, then the mismatched ones, each once.
  const sequences: Sequence[] = Array.from({ length: count }, (_, index) => example(index).sequence);
  const numbers = new Map<string, number>();
  const training = Array.from({ length: count - held.length }, (_, index) => index);
  const others = mismatches(count, (index) => example(index).sequence.promptIds, training);
  const mismatched = (batch: readonly number[]) =>
    others.of(batch).flatMap((other, place) => {
      if (other === null) return [];
      const index = batch[place] as number;
      const key = `${index} ${other}`;
      const sequence = {
        promptIds: example(index).sequence.promptIds,
        completionIds: example(other).sequence.completionIds,
      };
      if (sequenceLength(sequence) > model.config.maxPositions) return [];
      const number = numbers.get(key) ?? sequences.push(sequence) - 1;
      numbers.set(key, number);
      return [number];
    });
  for (const { indices } of prepared.schedule) mismatched(indices);
  mismatched(held);
  if (others.of(training).every((other) => other === null)) {
    const message =
      "All training examples answer one prompt: there is no completion of another prompt to measure KTO's reference point on, so it stays at 0.";
    yield { type: "notice", level: "warn", message };
  }
  const tokensOf = (number: number) => sequenceLength(sequences[number] as Sequence);
  const pack = (some: readonly number[]) =>
    packSequences(
      some.map((number) => sequences[number] as Sequence),
      slots,
    );
  const logProbs = forwardFunction(
    run,
    "kto-log-probs",
    (packed: PackedCompletions) => sequenceLogProbs(model, packed),
    {
      config,
      tokensOf,
      pack,
      valuesPerExample: 1,
    },
  );
  const everything = sequences.map((_, number) => number);
  const reference = yield* cachedReference(run, prepared, sequences, () =>
    logProbs(everything, "reference", "Log-probs of the reference"),
  );
  const values = (numbers: readonly number[], read: (number: number) => number, room: number) => {
    const tensor = new Float32Array(room);
    tensor.set(numbers.map(read));
    return tf.tensor1d(tensor);
  };
  const isDesirable = (index: number) => (example(index).desirable ? 1 : 0);

  /** z = max(0, mean log-ratio of the batch's mismatched completions), without a gradient. */
  async function* referencePoint(batch: readonly number[]): AsyncGenerator<RunEvent, ReferencePoint> {
    const numbers = mismatched(batch);
    if (numbers.length === 0) return { point: 0, rounding: 0 };
    const sums = yield* logProbs(numbers, "training", "Reference point");
    const both = numbers.map((number, place) => [sums[place] as number, reference[number] as number] as const);
    return {
      point: ktoReferencePoint(both.map(([sum, ofReference]) => sum - ofReference)),
      rounding: roundingOf(both.flat()) / both.length,
    };
  }

  // 3. Minimise the loss.
  let z = 0;
  const lossOf = (sums: tf.Tensor1D, of: LossInputs): tf.Scalar => {
    const losses = ktoLoss(tf.sub(sums, of.referenceSums), of.desirable, of.point, config);
    return withPreferredLikelihood(
      tf.sum(tf.mul(losses, of.weights)),
      tf.mul(sums, of.desirable),
      of.desirableTokens,
      config,
    );
  };
  /** Tokens of a batch's desirable completions, for the likelihood's mean; 1 for a batch without any. */
  const desirableTokens = (batch: readonly number[]) => {
    const completions = batch.filter(isDesirable).map((index) => example(index).sequence.completionIds);
    return tf.scalar(Math.max(1, completions.flat().length));
  };
  /** @param point z of the whole batch */
  const inputs = (some: readonly number[], batch: readonly number[], room: number, point: number): LossInputs => ({
    referenceSums: values(some, (index) => reference[index] as number, room),
    desirable: values(some, isDesirable, room),
    weights: weightTensor(some.length, batch.length, room),
    point: tf.scalar(point),
    desirableTokens: desirableTokens(batch),
  });
  const measure = sequenceMeasures(run.scope, model);
  const objective = gradientFunction(
    run.scope,
    "kto-gradients",
    model.trainable,
    (all: PackedCompletions & LossInputs & Draws) => {
      const measured = measure(all, config);
      return { loss: lossOf(measured.sums, all), sequences: besideLogProbs(measured, 1) };
    },
  );
  const gradients: LoopMethod["gradients"] = (examples, batch, _, draws) =>
    callOnce(objective, { ...pack(examples), ...inputs(examples, batch, slots, z), ...draws });
  const figures = (microBatches: readonly MicroBatchValues[]): Metrics => {
    const rows = eachExample(microBatches, (index, [sum = 0, logits]) => ({
      desirable: example(index).desirable,
      reward: config.beta * (sum - (reference[index] as number)),
      logp: sum,
      logits,
      logRatio: sum - (reference[index] as number),
      isChosen: example(index).desirable,
      tokens: example(index).sequence.completionIds.length,
    }));
    const [chosen, rejected] = [rows.filter(({ desirable }) => desirable), rows.filter(({ desirable }) => !desirable)];
    // A batch without examples of one kind has no figures of that kind.
    const ofKind = (kind: typeof rows, reward: string, logp: string) =>
      kind.length === 0
        ? {}
        : { [reward]: mean(kind.map((row) => row.reward)), [logp]: mean(kind.map((row) => row.logp)) };
    const result: Metrics = {
      ...ofKind(chosen, METRICS.rewardsChosen, METRICS.logpsChosen),
      ...ofKind(rejected, METRICS.rewardsRejected, METRICS.logpsRejected),
      [METRICS.kl]: z,
      ...logitFigures(rows),
      ...driftFigures(rows),
      ...(config.nllCoefficient > 0 && nllFigure(chosen)),
    };
    const { "rewards/chosen": up, "rewards/rejected": down } = result;
    return up === undefined || down === undefined ? result : { ...result, [METRICS.rewardsMargins]: up - down };
  };

  async function* prepare(batch: readonly number[]): AsyncGenerator<RunEvent, void> {
    z = (yield* referencePoint(batch)).point;
  }

  async function* evaluate(): AsyncGenerator<RunEvent, Metrics> {
    const { point, rounding } = yield* referencePoint(held);
    const sums = yield* logProbs(held, "validating", "Validating");
    const loss = tf.tidy(
      () => lossOf(tf.tensor1d(sums), inputs(held, held, held.length, point)).dataSync()[0] as number,
    );
    // A log-ratio that rounding alone may keep from z is on neither side of it.
    const isRight = held.map((index, place) => {
      const both = [sums[place] as number, reference[index] as number] as const;
      const above = both[0] - both[1] - point;
      return (example(index).desirable ? above : -above) > rounding + roundingOf(both) ? 1 : 0;
    });
    return { [METRICS.evalLoss]: loss, [METRICS.evalAccuracy]: mean(isRight) };
  }

  const step = yield* trainingLoop({ prepare, gradients, metrics: figures, evaluate }, prepared, run.signal);
  return { policy: prepared.policy, step };
}

/** z, nats, and the most by which rounding may change it. */
type ReferencePoint = { point: number; rounding: number };

/** The inputs of KTO's loss for a micro-batch, besides the policy's log-probs. */
type LossInputs = {
  /** Log-probs of the reference: [slots] */
  referenceSums: tf.Tensor1D;
  /** 1 for a desirable completion, 0 for an undesirable one: [slots] */
  desirable: tf.Tensor1D;
  /** Each example's share of its batch, 0 for an empty slot: [slots] */
  weights: tf.Tensor1D;
  /** z, the reference point. */
  point: tf.Scalar;
  /** Tokens of the whole batch's desirable completions. */
  desirableTokens: tf.Scalar;
};
