import * as tf from "@tensorflow/tfjs";
import { DomainError } from "@/domain/errors";
import type { OptimizerTensor } from "../../optimizers/optimizer-state";
import type { RunState } from "../checkpoints";
import { stableName, type Update } from "../update";
import type { RunningMoments } from "./running-moments";

/** What changes from iteration to iteration beside the weights. */
export type PpoNumbers = { klCoefficient: number; moments: RunningMoments };

/**
 * All that a PPO run goes on from beside the policy's weights: both optimizers, the value model, β and the normaliser.
 * The place among the prompts and every random draw follow from the seed and the iteration, which is the checkpoint's
 * step. All numbers are held in single precision, so that a checkpoint loses nothing.
 */
export function ppoState(
  policyUpdate: Update,
  value: { update: Update; variables: tf.Variable[] } | null,
  numbers: PpoNumbers,
): RunState {
  return {
    async exportState() {
      const { count, mean, variance } = numbers.moments;
      const data = Float32Array.from([numbers.klCoefficient, count, mean, variance]);
      const tensors: OptimizerTensor[] = [{ name: "ppo/numbers", shape: [4], data }];
      tensors.push(...withPrefix("policy/", await policyUpdate.exportState()));
      if (!value) return tensors;
      tensors.push(...withPrefix("value/", await value.update.exportState()));
      for (const variable of value.variables) {
        const weights = (await variable.data()) as Float32Array;
        tensors.push({ name: `weights/${stableName(variable)}`, shape: [...variable.shape], data: weights });
      }
      return tensors;
    },
    importState(tensors) {
      const all = new Map(Array.from(tensors, (tensor) => [tensor.name, tensor]));
      const find = (name: string, shape: readonly number[]) => {
        const found = all.get(name);
        if (found?.shape.join() === shape.join()) return found.data;
        throw new DomainError("invalid-file", `the checkpoint has no ${name} of shape [${shape}]`);
      };
      const [klCoefficient, count, mean, variance] = find("ppo/numbers", [4]) as unknown as number[];
      const weights = value?.variables.map((variable) => find(`weights/${stableName(variable)}`, variable.shape)) ?? [];
      policyUpdate.importState(ofPrefix("policy/", all.values()));
      value?.update.importState(ofPrefix("value/", all.values()));
      value?.variables.forEach((variable, index) => {
        // A copy: tfjs keeps the array that it is given.
        tf.tidy(() => variable.assign(tf.tensor(Float32Array.from(weights[index] ?? []), variable.shape)));
      });
      numbers.klCoefficient = klCoefficient as number;
      numbers.moments = { count: count as number, mean: mean as number, variance: variance as number };
    },
  };
}

const withPrefix = (prefix: string, tensors: OptimizerTensor[]) =>
  tensors.map((tensor) => ({ ...tensor, name: prefix + tensor.name }));

const ofPrefix = (prefix: string, tensors: Iterable<OptimizerTensor>) =>
  [...tensors].flatMap((tensor) =>
    tensor.name.startsWith(prefix) ? [{ ...tensor, name: tensor.name.slice(prefix.length) }] : [],
  );
