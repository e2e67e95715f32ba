import type * as tf from "@tensorflow/tfjs";
import type { Adapter } from "../file-formats/adapter";
import type { NamedTensors } from "../file-formats/tensor-file";
import type { ModelConfig } from "./config";

/**
 * A packed batch on the device. All that differs between two batches of one shape bucket is in here, so these tensors
 * (in the order of `packedTensorList`) are the arguments of a compiled step. `rows` and `time` are read from the shape
 * of `segments`, `tokens` from the shape of `ids`.
 */
export interface PackedTensors {
  /** [tokens] int32; the last ones are padding, the very last always. */
  ids: tf.Tensor1D;
  /** [tokens] int32, position of each token for the rotary or learned embedding. */
  positions: tf.Tensor1D;
  /** [tokens] int32: the slot (row · time + column) of each token; padding points at a slot no token owns. */
  slotOfToken: tf.Tensor1D;
  /** [rows · time] int32: the token of each slot; free slots point at the last token (padding). */
  tokenOfSlot: tf.Tensor1D;
  /** [rows, time] int32: −1 free slot, 0 seen by all later tokens of its row, k > 0 seen by later tokens of branch k. */
  segments: tf.Tensor2D;
}

/** A low-rank adapter on linear layers (Hu et al. 2021): W·x + (alpha / rank)·B·A·x. */
export interface LoraConfig {
  rank: number;
  alpha: number;
  /** Names of linear layers as PEFT writes them: `q_proj` … `down_proj`, for GPT-2 `c_attn`, `c_proj`, `c_fc`. */
  targets: string[];
  /** Seed of A's initial values (Kaiming uniform with a = √5, as in PEFT); B starts at zero. */
  seed: number;
  /** Share of the adapter's inputs that a training pass drops; default none. */
  dropout?: number;
}

/** Takes in the keys and values of a forward pass (the prefill of a generation); `createKeyValueCache` makes one. */
export interface KeyValueSink {
  /** Called once a layer with keys and values, both [rows, keyValueHeads, time, headDim]. */
  store(layer: number, keys: tf.Tensor4D, values: tf.Tensor4D): void;
}

/** One decoding step's attention: stores this token's keys and values and returns all of them so far. */
export interface KeyValueSource {
  /** The slot that the new tokens go to, int32. */
  slot: tf.Scalar;
  /** int32 [rows]: the slot of each row's first token. */
  firstSlot: tf.Tensor1D;
  /**
   * Runs an operation that stores the new keys and values itself, given all keys and values of a layer (as `extend`
   * returns them).
   */
  change(layer: number, run: (keys: tf.Tensor4D, values: tf.Tensor4D) => tf.Tensor2D): tf.Tensor2D;
  /** keys and values [rows, keyValueHeads, 1, headDim] of the new token → [rows, keyValueHeads, capacity, headDim]. */
  extend(layer: number, keys: tf.Tensor4D, values: tf.Tensor4D): { keys: tf.Tensor4D; values: tf.Tensor4D };
  /** [rows, 1, 1, capacity]: 0 where the slot may be seen, −1e9 elsewhere. */
  mask: tf.Tensor4D;
}

export interface ForwardOptions {
  /** Whether the LoRA adapter takes part. `false` gives the reference policy. */
  adapter: boolean;
  /** The only tokens whose final states are wanted, [n] int32; the last layer then computes no others. */
  at?: tf.Tensor1D;
  /** Receives every layer's keys and values (prefill of a generation). */
  sink?: KeyValueSink;
  /**
   * Interval of the layers that the backward pass computes again instead of keeping their activations, which takes less
   * memory and more time. 1 is every layer; undefined is none.
   */
  recomputeEvery?: number | undefined;
  /** Seed of a training pass's dropout masks (int32 [2]); without it nothing is dropped. */
  dropoutSeed?: tf.Tensor1D;
}

/**
 * A language model whose forward pass is plain tfjs ops, so that it runs eagerly, under `compile` and on any backend.
 * All methods that take or give tensors may be called inside `tf.variableGrads` and inside a compiled function.
 */
export interface CausalLanguageModel {
  /** Prefix of the variables' names, unique in the process. */
  readonly name: string;
  readonly config: ModelConfig;
  /** Variables that training changes, in a stable order: all weights, or the adapter's A and B (and the reward head). */
  readonly trainable: tf.Variable[];
  readonly lora: LoraConfig | null;
  readonly hasRewardHead: boolean;
  /** Whether training changes the output head. */
  readonly headTrains: boolean;

  /** Final hidden states after the last norm: [tokens, hidden], or of the tokens `at`: [n, hidden]. */
  hiddenStates(batch: PackedTensors, options: ForwardOptions): tf.Tensor2D;
  /** One decoding step, one token a row, against cached keys and values: ids and positions [rows] → [rows, hidden]. */
  nextHiddenStates(
    ids: tf.Tensor1D,
    positions: tf.Tensor1D,
    cache: KeyValueSource,
    options: ForwardOptions,
  ): tf.Tensor2D;
  /** [n, hidden] → [n, vocabulary]. */
  logits(hidden: tf.Tensor2D): tf.Tensor2D;
  /**
   * Natural-log probability of `targets[i]` after the token whose final state is `hidden[i]`: [n].
   * The logits are not kept for the backward pass.
   */
  targetLogProbs(hidden: tf.Tensor2D, targets: tf.Tensor1D): tf.Tensor1D;
  /** Mean of the output head's rows, [hidden]; h·headMean is the mean of h's logits over the vocabulary. */
  headMean(): tf.Tensor1D;
  /** Scalar reward read from each final state: [n, hidden] → [n]. Throws without a reward head. */
  rewards(hidden: tf.Tensor2D): tf.Tensor1D;

  /** Attaches a fresh adapter, after which nothing else trains. Throws if an adapter is attached already. */
  addAdapter(config: LoraConfig): void;
  /** Attaches a trained adapter; `source` (its folder) is for errors. */
  loadAdapter(adapter: Adapter, source: string): void;
  /** Adds the adapter into the weights and drops it. */
  mergeAdapter(): void;
  /** Drops the adapter, if there is one; a tensor that was trained whole beside it (the reward head) stays. */
  removeAdapter(): void;
  /** All weights, or only the one named `only`, by their Hugging Face names and shapes (the adapter not merged in). */
  modelTensors(only?: string): Promise<NamedTensors>;
  /** The adapter's A and B by the names of their layers, as `writeAdapter` takes them. */
  adapterLayers(): Promise<Adapter["layers"]>;
  dispose(): void;
}
