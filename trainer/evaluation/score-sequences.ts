import * as tf from "@tensorflow/tfjs";
import { DomainError } from "@/domain/errors";
import type { CompiledFunction } from "../engine/compile";
import { compileOnRepeat } from "../engine/compile-on-repeat";
import { packCompletions, toTargetTensors } from "../models/packed-targets";
import { packedTensorCount, packedTensorList, packedTensorsFrom, packRows, toPackedTensors } from "../models/packing";
import type { CausalLanguageModel } from "../models/types";

/** Number of tokens that go through the model at one time. */
const BATCH_TOKENS = 2048;

export interface ScoredSequence {
  promptIds: readonly number[];
  completionIds: readonly number[];
}

export interface ScoreOptions {
  /** Whether a LoRA adapter takes part; default true. */
  adapter?: boolean;
  /**
   * Told the number of sequences done and their total. It is waited for, and an error that it throws ends the scoring.
   */
  onProgress?: (done: number, total: number) => void | Promise<void>;
}

/**
 * Computes the natural-log probability of every completion token given all before it, in the order of `sequences`. A
 * completion's token with nothing before it (empty prompt) has no probability and is left out.
 * @throws DomainError if a sequence is longer than the model's context or has an id outside of its vocabulary
 */
export async function scoreSequences(
  model: CausalLanguageModel,
  sequences: readonly ScoredSequence[],
  options: ScoreOptions = {},
): Promise<number[][]> {
  const adapter = options.adapter ?? true;
  const step = compileOnRepeat(`${model.name} log-probs${adapter ? "" : " of the reference"}`, (...args) => {
    const [positions, targets] = args.slice(packedTensorCount) as [tf.Tensor1D, tf.Tensor1D];
    const hidden = model.hiddenStates(packedTensorsFrom(args), { adapter, at: positions });
    return [model.targetLogProbs(hidden, targets)];
  });
  const results: number[][] = sequences.map(() => []);
  await inBatches(
    step,
    sequences,
    options,
    (batch) => {
      const { batch: packed, targets } = packCompletions(
        batch.map((i) => ({ promptIds: sequences[i]!.promptIds, completions: [sequences[i]!.completionIds] })),
      );
      const { positions, targets: ids, membership } = toTargetTensors(targets);
      membership.dispose();
      const read = (logProbs: Float32Array) => {
        let start = 0;
        batch.forEach((i, row) => {
          const length = targets.lengths[row]!;
          results[i] = Array.from(logProbs.subarray(start, start + length));
          start += length;
        });
      };
      return { args: [...packedTensorList(toPackedTensors(packed)), positions, ids], read };
    },
    model,
  );
  return results;
}

/**
 * Computes a reward model's scalar at the last token of prompt and completion together, in the order of `sequences`.
 */
export async function scoreRewards(
  model: CausalLanguageModel,
  sequences: readonly ScoredSequence[],
  options: ScoreOptions = {},
): Promise<number[]> {
  const adapter = options.adapter ?? true;
  const step = compileOnRepeat(`${model.name} rewards`, (...args) => {
    const at = args[packedTensorCount] as tf.Tensor1D;
    return [model.rewards(model.hiddenStates(packedTensorsFrom(args), { adapter, at }))];
  });
  const results = new Array<number>(sequences.length).fill(0);
  await inBatches(
    step,
    sequences,
    options,
    (batch) => {
      const rows = batch.map((i) => ({ ids: [...sequences[i]!.promptIds, ...sequences[i]!.completionIds] }));
      const packed = packRows(rows);
      const last = Int32Array.from(rows, ({ ids }, row) => packed.offsets[row]! + ids.length - 1);
      const read = (rewards: Float32Array) => {
        batch.forEach((i, row) => {
          results[i] = rewards[row]!;
        });
      };
      return { args: [...packedTensorList(toPackedTensors(packed)), tf.tensor1d(last, "int32")], read };
    },
    model,
  );
  return results;
}

interface PreparedBatch {
  args: tf.Tensor[];
  read(values: Float32Array): void;
}

/**
 * Goes through sequences in batches, longest first, so that lengths in a batch are alike and a lack of memory shows at
 * once.
 */
async function inBatches(
  step: CompiledFunction,
  sequences: readonly ScoredSequence[],
  { onProgress }: ScoreOptions,
  prepare: (batch: number[]) => PreparedBatch,
  model: CausalLanguageModel,
): Promise<void> {
  sequences.forEach((sequence, i) => {
    const problem = sequenceProblem(model, [...sequence.promptIds, ...sequence.completionIds]);
    if (problem) throw new DomainError("tokens-invalid", `sequence ${i + 1}: ${problem}`);
  });
  const lengthOf = (i: number) => sequences[i]!.promptIds.length + sequences[i]!.completionIds.length;
  const order = sequences.map((_, i) => i).sort((a, b) => lengthOf(b) - lengthOf(a) || a - b);
  try {
    for (let start = 0; start < order.length; ) {
      const size = Math.max(1, Math.floor(BATCH_TOKENS / Math.max(1, lengthOf(order[start]!))));
      const { args, read } = prepare(order.slice(start, start + size));
      const [values] = step(...args);
      read((await values!.data()) as Float32Array);
      tf.dispose([...args, values!]);
      start += size;
      await onProgress?.(Math.min(start, order.length), order.length);
    }
  } finally {
    step.dispose();
  }
}

/** Says what keeps ids from going through a model, in words for people; null if nothing does. */
export function sequenceProblem(
  { config }: Pick<CausalLanguageModel, "config">,
  ids: readonly number[],
): string | null {
  if (ids.length === 0) return "it has no tokens";
  if (ids.length > config.maxPositions) {
    return `${ids.length} tokens do not fit the model's context of ${config.maxPositions}; shorten it`;
  }
  const outside = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= config.vocabSize);
  if (outside !== undefined)
    return `token id ${outside} is not in the model's vocabulary (0 to ${config.vocabSize - 1})`;
  return null;
}
