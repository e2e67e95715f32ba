import * as tf from "@tensorflow/tfjs";
import type { RunConfig } from "@/domain/runs/run-config";
import { compileNamed } from "../engine/compile-named";
import { createAdamW } from "../optimizers/adamw";
import { clipByGlobalNorm } from "../optimizers/clip-by-global-norm";
import type { OptimizerTensor } from "../optimizers/optimizer-state";
import { learningRateAt } from "../optimizers/schedules";

/** The second half of an optimizer step: clip, AdamW, schedule. */
export type Update = {
  /** Moves the variables and disposes the gradients. `step` counts from 0. The norm is the norm before clipping. */
  apply(gradients: tf.Tensor[], step: number): { gradNorm: number; learningRate: number };
  exportState(): Promise<OptimizerTensor[]>;
  importState(tensors: Iterable<OptimizerTensor>): void;
  dispose(): void;
};

/** The parts of a configuration that an optimizer step needs. PPO has two of them, with a learning rate each. */
export type UpdateSettings = Pick<
  RunConfig,
  | "adamBeta1"
  | "adamBeta2"
  | "adamEpsilon"
  | "weightDecay"
  | "maxGradNorm"
  | "lrScheduler"
  | "warmupSteps"
  | "warmupRatio"
> & { learningRate: number };

export function createUpdate(config: UpdateSettings, variables: tf.Variable[], totalSteps: number): Update {
  const optimizer = createAdamW(variables, {
    beta1: config.adamBeta1,
    beta2: config.adamBeta2,
    epsilon: config.adamEpsilon,
    weightDecay: config.weightDecay,
    names: variables.map(stableName),
  });
  const compiled = compileNamed("optimizer-step", (inputs: { learningRate: tf.Scalar; gradients: tf.Tensor[] }) => {
    const named = Object.fromEntries(variables.map(({ name }, index) => [name, inputs.gradients[index] as tf.Tensor]));
    const { grads, norm } = clipByGlobalNorm(named, config.maxGradNorm);
    optimizer.update(grads, inputs.learningRate);
    return { norm };
  });
  const schedule = {
    kind: config.lrScheduler,
    learningRate: config.learningRate,
    warmupSteps: config.warmupSteps ?? Math.ceil(config.warmupRatio * totalSteps),
    totalSteps,
  };
  return {
    apply(gradients, step) {
      const learningRate = learningRateAt(step, schedule);
      const rate = tf.scalar(learningRate);
      const { norm } = compiled({ learningRate: rate, gradients });
      const gradNorm = norm.dataSync()[0] as number;
      tf.dispose([rate, norm, gradients]);
      return { gradNorm, learningRate };
    },
    exportState: () => optimizer.exportState(),
    importState: (tensors) => optimizer.importState(tensors),
    dispose() {
      compiled.dispose();
      optimizer.dispose();
    },
  };
}

/** A variable's name without the model's prefix, which differs from process to process. */
export function stableName({ name }: tf.Variable): string {
  return name.slice(name.indexOf("/") + 1);
}
