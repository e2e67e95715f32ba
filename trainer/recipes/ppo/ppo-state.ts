import { DomainError } from "@/domain/errors";
import type { OptimizerTensor } from "../../optimizers/optimizer-state";
import type { RunState } from "../checkpoints";
import type { CapabilityWatch } from "./capability-watch";
import type { RunningMoments } from "./running-moments";
import type { Seat } from "./seat";

/** The numbers besides the weights that change from iteration to iteration. */
export type PpoNumbers = {
  klCoefficient: number;
  /** KL of the last iterations, as far as β's controller looks back; the oldest first. */
  klCourse: readonly number[];
  moments: RunningMoments;
};

const KL_COURSE = "ppo/klCourse";

type Learning = Pick<Seat<unknown>, "exportState" | "importState">;

/**
 * The state besides the policy's weights from which a PPO run resumes: both optimizers, the value model, β and the KLs
 * that it follows, the normaliser and the results of the suites. The place among the prompts and every random draw
 * follow from the seed and the iteration, which is the checkpoint's step. All numbers are held in single precision, so
 * that a checkpoint loses nothing.
 */
export function ppoState(
  policy: Learning,
  value: Learning | null,
  watch: CapabilityWatch | null,
  numbers: PpoNumbers,
): RunState {
  return {
    async exportState() {
      const { count, mean, variance } = numbers.moments;
      const data = Float32Array.from([numbers.klCoefficient, count, mean, variance]);
      const tensors: OptimizerTensor[] = [{ name: "ppo/numbers", shape: [4], data }];
      const course = Float32Array.from(numbers.klCourse);
      if (course.length > 0) tensors.push({ name: KL_COURSE, shape: [course.length], data: course });
      if (watch) tensors.push(watch.exportState());
      tensors.push(...withPrefix("policy/", (await policy.exportState()).optimizer));
      if (!value) return tensors;
      const { weights, optimizer } = await value.exportState();
      tensors.push(...withPrefix("value/", optimizer), ...withPrefix("weights/", weights));
      return tensors;
    },
    importState(tensors) {
      const all = [...tensors];
      const found = all.find(({ name }) => name === "ppo/numbers");
      if (found?.shape.join() !== "4") throw new DomainError("checkpoint-invalid", "the checkpoint has no ppo/numbers");
      const [klCoefficient, count, mean, variance] = found.data as unknown as number[];
      watch?.importState(all);
      value?.importState({ weights: ofPrefix("weights/", all), optimizer: ofPrefix("value/", all) });
      policy.importState({ optimizer: ofPrefix("policy/", all) });
      numbers.klCoefficient = klCoefficient as number;
      numbers.klCourse = [...(all.find(({ name }) => name === KL_COURSE)?.data ?? [])];
      numbers.moments = { count: count as number, mean: mean as number, variance: variance as number };
    },
  };
}

const withPrefix = (prefix: string, tensors: OptimizerTensor[]) =>
  tensors.map((tensor) => ({ ...tensor, name: prefix + tensor.name }));

const ofPrefix = (prefix: string, tensors: readonly OptimizerTensor[]) =>
  tensors.flatMap((tensor) =>
    tensor.name.startsWith(prefix) ? [{ ...tensor, name: tensor.name.slice(prefix.length) }] : [],
  );
