import type * as tf from "@tensorflow/tfjs";
import { DomainError } from "@/domain/errors";
import { methods } from "@/domain/runs/methods";
import { usualRates } from "@/domain/runs/methods/method-description";
import type { CompleteOfflineConfig, PpoConfig } from "@/domain/runs/run-config";
import type { MicroBatchValues } from "./pair-figures";

/** The facts about a step whose loss or gradient is not finite. */
export type NonFiniteStep = {
  /** The step's number, from 1 on. */
  step: number;
  /** The step that the process began with: 1, or the one after the checkpoint from which the run resumed. */
  firstStep: number;
  loss: number;
  /** Null if the loss was found not finite before the gradient was computed. */
  gradNorm: number | null;
  /** Log-probs (for a reward model: scores) of the step's examples, as the forward pass gave them. */
  values: readonly MicroBatchValues[];
  /** Loss a token of the demonstrations that are mixed in; undefined if none are. */
  demonstrations?: number | undefined;
  /** Names of trained tensors that held numbers which are not finite before the step. */
  brokenWeights: readonly string[];
  /** Gradient norms of the steps before this one. */
  gradNorms: readonly number[];
};

/**
 * Makes the error for a loss or gradient that is not finite. The message says where the trouble begins (weights,
 * forward pass, the loss of finite log-probs, or the backward pass alone), from which step on, and what its most likely
 * cause is.
 */
export function nonFiniteLoss(config: CompleteOfflineConfig, found: NonFiniteStep): DomainError {
  const { what, cause } = explain(config, found);
  const line = `Step ${found.step}: ${what} ${sinceWhen(found)} ${cause} Nothing was saved of this step.`;
  return new DomainError("non-finite-loss", line);
}

function explain(config: CompleteOfflineConfig, found: NonFiniteStep): { what: string; cause: string } {
  const { step, firstStep, loss, gradNorm, values, brokenWeights } = found;
  const read = config.method === "reward" ? "scores" : "log-probs";
  const isFirst = step === firstStep;
  if (Number.isFinite(loss)) {
    const what = `the gradient's norm is ${gradNorm}, while the loss, ${Number(loss.toPrecision(4))}, and all ${read} are finite: the backward pass alone overflows.`;
    return { what, cause: isFirst ? EXTREME_EXAMPLES : ofTraining(config, found) };
  }
  if (brokenWeights.length > 0) {
    const some = `${brokenWeights.slice(0, 3).join(", ")}${brokenWeights.length > 3 ? `, and ${brokenWeights.length - 3} more` : ""}`;
    const what = `the loss is ${loss}, because trained weights hold numbers that are not finite (${some}).`;
    const cause =
      "They came with the model: the files are damaged, or were written in a format that can't hold the values.";
    return { what, cause: isFirst ? cause : ofTraining(config, found) };
  }
  const finite = (one: MicroBatchValues) => one.values.every(Number.isFinite);
  const examples = values.filter((one) => !finite(one)).reduce((sum, one) => sum + one.examples.length, 0);
  if (examples > 0) {
    const what = `the loss is ${loss}, because ${read} of the forward pass are not finite (in micro-batches with ${examples} of ${count(values)} examples), although all trained weights are.`;
    const cause =
      "The model's weights that do not train are damaged, or the forward pass overflows on this data. Try the model with `generate`.";
    return { what, cause: isFirst ? cause : ofTraining(config, found) };
  }
  if (found.demonstrations !== undefined && !Number.isFinite(found.demonstrations)) {
    const what = `the loss is ${loss}, because that of the demonstrations which are mixed in is ${found.demonstrations}, while ${read} of the batch are finite.`;
    return { what, cause: "Look at those demonstrations, or leave sftMixRatio out." };
  }
  const all = values.flatMap((one) => [...one.values]);
  const [least, most] = [Math.min(...all), Math.max(...all)].map((value) => value.toPrecision(4));
  const what = `the loss is ${loss}, although weights and ${read} are finite (${least} to ${most}): the loss itself overflows on them.`;
  const cause = `Such values are too extreme for method ${config.method} with these settings; look at the records of this step, and at the coefficients of the loss.`;
  return { what, cause };
}

const EXTREME_EXAMPLES =
  "Some example of this step is too extreme for the model; look at its records, and try another base model.";

const count = (values: readonly MicroBatchValues[]) => values.reduce((sum, { examples }) => sum + examples.length, 0);

function sinceWhen({ step, firstStep }: NonFiniteStep): string {
  if (step > firstStep) return `Until step ${step - 1} every figure was finite.`;
  if (firstStep === 1) return "It is so from the first step on, before anything was learned.";
  return `It is the first step since the run went on from step ${firstStep - 1}.`;
}

/** Names the likely cause in a run that was well until then. */
function ofTraining(config: CompleteOfflineConfig, { gradNorms }: NonFiniteStep): string {
  const { learningRate } = methods[config.method].learningRates;
  const [, high] = usualRates(learningRate, config.lora !== undefined || config.adapter !== undefined);
  if (config.learningRate > high) {
    return `Likely cause: learningRate ${config.learningRate} is above the usual ${high}. Lower it to ${high / 2} or less.`;
  }
  const recent = gradNorms.slice(-5);
  if (recent.some((norm) => norm > 50 * config.maxGradNorm)) {
    return `Likely cause: the gradients grew before it (norms ${recent.map((norm) => norm.toPrecision(3)).join(", ")}). Lower learningRate or maxGradNorm, or take a larger batch.`;
  }
  return `Likely cause: a learning rate too high for this data. Halve learningRate (${config.learningRate}) and look at the records of this step.`;
}

/** Names, without the model's prefix, of the variables that hold a number which is not finite. */
export function brokenVariables(variables: readonly tf.Variable[]): string[] {
  return variables
    .filter((variable) => !(variable.dataSync() as Float32Array).every(Number.isFinite))
    .map(({ name }) => name.slice(name.indexOf("/") + 1));
}

/** The facts about an iteration of PPO in which a network's loss or gradient is not finite. */
export type NonFiniteIteration = {
  /** The iteration's number, from 1 on. */
  iteration: number;
  of: "policy" | "value";
  /** The losses of the iteration's optimizer steps. */
  losses: readonly number[];
  gradNorms: readonly number[];
  /** Whether the network's values for the completions were finite before it learned from them. */
  measuredFinite: boolean;
};

/** Makes the error for an iteration of PPO, whose policy and value model have learning rates of their own. */
export function nonFiniteIteration(config: PpoConfig, found: NonFiniteIteration): DomainError {
  const { iteration, of, losses, gradNorms, measuredFinite } = found;
  const key = of === "policy" ? "policyLearningRate" : "valueLearningRate";
  const name = of === "policy" ? "the policy" : "the value model";
  const rate = `${key} ${config[key]} is too high; lower it, or take a larger rolloutBatchSize.`;
  const step = losses.findIndex((loss, index) => !Number.isFinite(loss) || !Number.isFinite(gradNorms[index]));
  const isLoss = !Number.isFinite(losses[step]);
  const figure = isLoss ? `the loss of ${name} is ${losses[step]}` : `the gradient of ${name} is ${gradNorms[step]}`;
  let where = isLoss
    ? `at its step ${step + 1} of this iteration, before which everything was finite. Likely cause: ${rate}`
    : `at its step ${step + 1} of this iteration, while its loss is finite: the backward pass alone overflows. Likely cause: ${rate}`;
  if (!measuredFinite) {
    where =
      iteration === 1
        ? "because what it says of the completions is not finite before anything was learned: its weights are damaged, or overflow on this data. Try the model with `generate`."
        : `because what it says of the completions is not finite already before it learns from them: its weights broke in the iteration before. Likely cause: ${rate}`;
  }
  const line = `Iteration ${iteration}: ${figure}, ${where} Nothing was saved of this iteration.`;
  return new DomainError("non-finite-loss", line);
}
