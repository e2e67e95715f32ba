import { DomainError } from "@/domain/errors";
import { methods } from "@/domain/runs/methods";
import { usualRates } from "@/domain/runs/methods/method-description";
import type { CompleteOfflineConfig, PpoConfig } from "@/domain/runs/run-config";

/** A loss or gradient that is no number. The step is named, and what most likely made it so. */
export function nonFiniteLoss(
  config: CompleteOfflineConfig,
  step: number,
  figures: { loss: number; gradNorm: number },
  gradNorms: readonly number[],
): DomainError {
  const what = Number.isFinite(figures.loss)
    ? `the gradient's norm is ${figures.gradNorm}`
    : `the loss is ${figures.loss}`;
  const line = `Step ${step}: ${what}. ${likelyCause(config, step, gradNorms)} Nothing was saved of this step.`;
  return new DomainError("non-finite-loss", line);
}

function likelyCause(config: CompleteOfflineConfig, step: number, gradNorms: readonly number[]): string {
  const { learningRate } = methods[config.method].learningRates;
  const [, high] = usualRates(learningRate, config.lora !== undefined || config.adapter !== undefined);
  if (step === 1) {
    return "It is so from the first step on: the model's weights themselves hold numbers that are not finite, or overflow on this data. Try the model with `generate`.";
  }
  if (config.learningRate > high) {
    return `Likely cause: learningRate ${config.learningRate} is above the usual ${high}. Lower it to ${high / 2} or less.`;
  }
  const recent = gradNorms.slice(-5);
  if (recent.some((norm) => norm > 50 * config.maxGradNorm)) {
    return `Likely cause: the gradients grew before it (norms ${recent.map((norm) => norm.toPrecision(3)).join(", ")}). Lower learningRate or maxGradNorm, or take a larger batch.`;
  }
  return `Likely cause: a learning rate too high for this data. Halve learningRate (${config.learningRate}) and look at the records of this step.`;
}

/** The same for an iteration of PPO, whose policy and value model have learning rates of their own. */
export function nonFiniteIteration(
  config: PpoConfig,
  iteration: number,
  of: "policy" | "value",
  figure: number,
): DomainError {
  const key = of === "policy" ? "policyLearningRate" : "valueLearningRate";
  const line = `Iteration ${iteration}: loss or gradient of the ${of} is ${figure}. Likely cause: ${key} ${config[key]} is too high; lower it, or take a larger rolloutBatchSize. Nothing was saved of this iteration.`;
  return new DomainError("non-finite-loss", line);
}
