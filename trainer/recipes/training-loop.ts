import * as tf from "@tensorflow/tfjs";
import { METRICS, type Metrics } from "@/domain/runs/metric-names";
import { ROLLOUT_METRICS } from "@/domain/runs/rollout-metrics";
import type { CompleteOfflineConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { type ScheduledBatch, splitIntoMicroBatches } from "../data/batch-schedule";
import { reasonOf } from "../file-formats/file-errors";
import type { CausalLanguageModel } from "../models/types";
import type { Checkpoints } from "./checkpoints";
import { type Draws, dropoutSeeds } from "./dropout-seeds";
import { finishingNow } from "./finishing-now";
import { addGradients, type Gradients } from "./gradient-function";
import { brokenVariables, nonFiniteLoss } from "./non-finite";
import { Pace } from "./pace";
import type { MicroBatchValues } from "./pair-figures";
import type { Beside } from "./ppo/learn";
import { breathe, RunStopped } from "./run-stopped";
import { createUpdate } from "./update";
import { type ValidationProgress, ValidationWatch } from "./validation-watch";

/** The parts that a method adds to the loop that all methods share. Examples go by their index. */
export type LoopMethod = {
  /** Called once before a step's micro-batches, for figures that need the whole batch. */
  prepare?(batch: readonly number[]): AsyncGenerator<RunEvent, void>;
  /** Lays a batch out, micro-batch by micro-batch, in rows of examples. Without it each example has a row. */
  layOut?(batch: readonly number[]): number[][][];
  /**
   * Computes the forward and backward pass of a micro-batch of this batch; `rows` has its examples as they were laid
   * out, `draws` the seed of its dropout masks in a run with dropout. Disposes `draws` with the other tensors that it
   * makes.
   */
  gradients(
    microBatch: readonly number[],
    batch: readonly number[],
    rows: readonly (readonly number[])[],
    draws: Draws,
  ): Gradients;
  /** Computes the figures of the step. */
  metrics(microBatches: readonly MicroBatchValues[]): Metrics;
  /** Computes figures on the validation examples; called if there are some. */
  evaluate(): AsyncGenerator<RunEvent, Metrics>;
};

/** The parts of a prepared run that the loop needs. */
type LoopRun = {
  config: CompleteOfflineConfig;
  model: Pick<CausalLanguageModel, "trainable" | "lora">;
  tokensOf(example: number): number;
  held: readonly number[];
  schedule: readonly ScheduledBatch[];
  checkpoints: Checkpoints<ValidationProgress>;
  finishNow: boolean;
  /** Gradients that each step adds to those of its batch. */
  beside: Beside | null;
};

/**
 * Takes optimizer steps over the schedule: micro-batches accumulate to the batch, the gradient's norm is clipped, AdamW
 * moves the variables. Validates and writes checkpoints between steps; goes on from the checkpoint that `checkpoints`
 * restores. At the end the variables are those of the step that validated best, if the configuration asks for that and
 * there is validation. A run that is to finish now ends at once with what its newest checkpoint has.
 *
 * @returns the number of steps done, counting those before a resumption
 * @throws DomainError `non-finite-loss`; RunStopped when the signal is aborted, after a checkpoint
 */
export async function* trainingLoop(
  method: LoopMethod,
  run: LoopRun,
  signal: AbortSignal,
): AsyncGenerator<RunEvent, number> {
  const { config, schedule, checkpoints, tokensOf } = run;
  const variables = run.model.trainable;
  const total = schedule.length;
  const { evaluateEvery, checkpointEvery } = config;
  const watch = new ValidationWatch(config.earlyStoppingPatience);
  const update = createUpdate(config, variables, total);
  const pace = new Pace();
  const gradNorms: number[] = [];

  yield { type: "phase", phase: "training", message: "Training" };
  let step = await checkpoints.restore(variables, update);
  let savedAt = step;
  const firstStep = step + 1;
  if (checkpoints.progress) watch.import(checkpoints.progress);
  for (const message of checkpoints.notes) yield { type: "notice", level: "warn", message };
  if (run.finishNow) yield finishingNow("step", step, total);
  else if (step > 0) yield { type: "notice", level: "info", message: `Going on after step ${step} of ${total}.` };
  const isDue = () => run.held.length > 0 && step > watch.evaluatedAt && (step % evaluateEvery === 0 || step === total);
  const save = async (): Promise<RunEvent> => {
    const path = await checkpoints.save(step, variables, update, watch.export());
    savedAt = step;
    return { type: "checkpoint", step, path };
  };
  async function* validate(epoch: number): AsyncGenerator<RunEvent, void> {
    const metrics = yield* method.evaluate();
    yield { type: "evaluation", step, epoch, metrics };
    const { isBest, warning } = watch.addValidation(step, metrics[METRICS.evalLoss] ?? Number.NaN);
    if (isBest && config.keepBest) await checkpoints.saveBest(step, variables);
    if (warning) yield { type: "notice", level: "warn", message: warning };
  }
  try {
    while (!run.finishNow) {
      // Validation is due after a step, and at the start of a run that was stopped before it came to this.
      if (isDue()) yield* validate(schedule[step - 1]?.epoch ?? 0);
      if (step >= total) break;
      if (watch.isOutOfPatience) {
        yield { type: "notice", level: "info", message: outOfPatience(config, step, total) };
        break;
      }
      if (step > savedAt && step % checkpointEvery === 0) yield await save();
      const batch = schedule[step] as ScheduledBatch;
      const started = performance.now();
      if (method.prepare) yield* method.prepare(batch.indices);
      const { loss, values, beside, gradients } = await accumulate(method, batch.indices, step, run, signal);
      const refuse = (gradNorm: number | null) =>
        nonFiniteLoss(config, {
          step: step + 1,
          firstStep,
          loss,
          gradNorm,
          values,
          gradNorms,
          demonstrations: beside.sft,
          // After an update, a value that is not finite would have spread to all weights, so they are examined only
          // before it.
          brokenWeights: gradNorm === null ? brokenVariables(variables) : [],
        });
      if (!Number.isFinite(loss)) {
        const refusal = refuse(null);
        tf.dispose(gradients);
        throw refusal;
      }
      const { gradNorm, learningRate } = update.apply(gradients, step);
      if (!Number.isFinite(gradNorm)) throw refuse(gradNorm);
      step += 1;
      watch.addTrainLoss(loss);
      gradNorms.push(gradNorm);

      const seconds = (performance.now() - started) / 1000;
      const tokens = batch.indices.reduce((sum, example) => sum + tokensOf(example), 0);
      pace.add(tokens, seconds);
      yield {
        type: "step",
        step,
        totalSteps: total,
        epoch: batch.epoch,
        metrics: {
          [METRICS.loss]: loss,
          [METRICS.gradNorm]: gradNorm,
          [METRICS.learningRate]: learningRate,
          ...method.metrics(values),
          ...("sft" in beside && { [ROLLOUT_METRICS.sftLoss]: beside.sft }),
        },
        tokens,
        tokensPerSecond: pace.tokensPerSecond(),
        seconds,
        etaSeconds: pace.etaSeconds(total - step),
      };
    }
    if (config.keepBest && watch.best && watch.best.step < step) {
      yield await goBackToBest(watch.best, step, checkpoints, variables);
    }
  } catch (error) {
    // A stopped run loses nothing: it writes what was learned since the last checkpoint before it ends.
    if (error instanceof RunStopped && step > savedAt) yield await save();
    throw error;
  } finally {
    update.dispose();
  }
  return step;
}

/** Goes back to the best step; if its file was damaged meanwhile, the last step stays, and a warning says so. */
async function goBackToBest(
  best: { step: number; loss: number },
  last: number,
  checkpoints: Checkpoints<ValidationProgress>,
  variables: tf.Variable[],
): Promise<RunEvent> {
  const loss = Number(best.loss.toPrecision(4));
  try {
    await checkpoints.restoreBest(best.step, variables);
  } catch (error) {
    const message = `Step ${best.step} validated best (loss ${loss}), but its parameters can't be read (${reasonOf(error)}): the result is the last step, ${last}.`;
    return { type: "notice", level: "warn", message };
  }
  const message = `The result is step ${best.step} of ${last}, whose validation loss of ${loss} was the lowest (keepBest).`;
  return { type: "notice", level: "info", message };
}

function outOfPatience(
  { earlyStoppingPatience: patience }: CompleteOfflineConfig,
  step: number,
  total: number,
): string {
  const times = patience === 1 ? "validation" : `${patience} validations in a row`;
  return `Stopped early after step ${step} of ${total}: ${times} without a lower validation loss (earlyStoppingPatience).`;
}

/** Sums over all micro-batches: loss, gradients, and the values of each forward pass. */
async function accumulate(
  method: LoopMethod,
  batch: readonly number[],
  step: number,
  { config, model, tokensOf, ...run }: LoopRun,
  signal: AbortSignal,
) {
  const beside: Record<string, number> = {};
  const values: MicroBatchValues[] = [];
  const slots = config.microBatchSize;
  let loss = 0;
  let sums: tf.Tensor[] | null = null;
  try {
    const alone = () => splitIntoMicroBatches(batch, tokensOf, slots).map((some) => some.map((example) => [example]));
    for (const rows of method.layOut?.(batch) ?? alone()) {
      await breathe(signal);
      const examples = rows.flat();
      const draws = dropoutSeeds(model, config.seed, step, values.length);
      const result = method.gradients(examples, batch, rows, draws);
      loss += result.loss.dataSync()[0] as number;
      const all = result.sequences.dataSync() as Float32Array;
      // Empty slots of a short micro-batch have values too; nobody reads them.
      values.push({ examples, values: all.subarray(0, (all.length / slots) * examples.length) });
      tf.dispose([result.loss, result.sequences]);
      sums = addGradients(sums, result.gradients);
    }
    for (const { name, gradients, ...more } of run.beside?.(step) ?? []) {
      await breathe(signal);
      loss += more.loss;
      beside[name] = (beside[name] ?? 0) + more.figure;
      sums = addGradients(sums, gradients);
    }
  } catch (error) {
    if (sums) tf.dispose(sums);
    throw error;
  }
  if (!sums) throw new Error("a batch without examples");
  return { loss, values, beside, gradients: sums };
}
