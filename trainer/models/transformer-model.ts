import * as tf from "@tensorflow/tfjs";
import { DomainError } from "@/domain/errors";
import { runAfter } from "../engine/run-after";
import type { Adapter } from "../file-formats/adapter";
import type { NamedTensors } from "../file-formats/tensor-file";
import { type Attention, type AttentionContext, createCachedAttention, createPackedAttention } from "./attention";
import type { ModelConfig } from "./config";
import type { Family } from "./family";
import { headLogProbs } from "./fused-head";
import { createGpt2 } from "./gpt2";
import { type LinearUse, loraDelta, thinProduct } from "./linear";
import { createLlama } from "./llama";
import { attachFreshLora, attachLora, detachLora, loraVariables, readLora } from "./lora";
import { fitParameter, type Parameter, readParameter, replaceValue, variablesOf } from "./parameter";
import { recomputed } from "./recompute";
import { SharedWeights } from "./shared-weights";
import type { CausalLanguageModel, ForwardOptions, KeyValueSource, LoraConfig, PackedTensors } from "./types";
import { type TensorMap, WeightSource } from "./weight-source";

/** The reward head's name in checkpoints of `transformers`' sequence classifiers. */
export const REWARD_HEAD = "score.weight";

/** With more rows than this, x·Wᵀ is as fast as W·xᵀ. */
const THIN_ROWS = 48;

export interface ModelOptions {
  /** Prefix of the variables' names; a number is added if another model has taken it. */
  name?: string;
  /** Whether all weights train. `false` (default) keeps them constant; `addAdapter` then adds what trains. */
  trainWeights?: boolean;
  /** Whether the reward head trains although the other weights don't, as it does beside an adapter. */
  trainRewardHead?: boolean;
  /** The folder or file that the tensors came from, which errors name. */
  source?: string;
}

/** Builds a model from a checkpoint's tensors, which are taken out of the map so that no tensor is in memory twice. */
export function createModel(config: ModelConfig, tensors: TensorMap, options: ModelOptions = {}): CausalLanguageModel {
  const name = freeName(options.name ?? "model");
  const prefix = config.family === "gpt2" ? "transformer." : "";
  const trainable = options.trainWeights ?? false;
  const isTrainable = (tensor: string) => trainable || (options.trainRewardHead === true && tensor === REWARD_HEAD);
  const source = new WeightSource(tensors, options.source ?? name, isTrainable, name, prefix);
  try {
    const family = config.family === "gpt2" ? createGpt2(config, source) : createLlama(config, source);
    source.finish();
    return new TransformerModel(name, config, family);
  } catch (error) {
    for (const { value } of source.parameters) value.dispose();
    throw error;
  }
}

/**
 * Makes another model on the weights of the first, which must be frozen. Each has an adapter and a reward head of its
 * own, so that policy, reference, value and reward model need one base between them. Either may be disposed first.
 *
 * @param options.rewardHead the values of a scalar head, [hidden]; without them the model writes as the first one does
 */
export function shareModel(
  model: CausalLanguageModel,
  options: { name: string; rewardHead?: Float32Array; trainRewardHead?: boolean },
): CausalLanguageModel {
  if (!(model instanceof TransformerModel)) throw new Error(`${model.name} has no weights to share`);
  const name = freeName(options.name);
  const head = options.rewardHead;
  const config = { ...model.config, rewardHead: head !== undefined || model.config.rewardHead };
  const source = new SharedWeights(model.parameters, name, options.trainRewardHead ?? false, head);
  const family = config.family === "gpt2" ? createGpt2(config, source) : createLlama(config, source);
  return new TransformerModel(name, config, family);
}

function freeName(wanted: string): string {
  const taken = Object.keys(tf.engine().registeredVariables);
  const isFree = (name: string) => !taken.some((variable) => variable.startsWith(`${name}/`));
  let name = wanted;
  for (let n = 2; !isFree(name); n++) name = `${wanted}-${n}`;
  return name;
}

class TransformerModel implements CausalLanguageModel {
  lora: LoraConfig | null = null;

  constructor(
    readonly name: string,
    readonly config: ModelConfig,
    private readonly family: Family,
  ) {}

  get parameters(): Parameter[] {
    return this.family.parameters;
  }

  get hasRewardHead(): boolean {
    return this.family.score !== null;
  }

  get headTrains(): boolean {
    const head = this.family.head?.value;
    return head instanceof tf.Variable && head.trainable;
  }

  get trainable(): tf.Variable[] {
    const weights = this.lora ? loraVariables(this.family.linears) : [];
    return [...weights, ...variablesOf(this.family.parameters)];
  }

  hiddenStates(batch: PackedTensors, options: ForwardOptions): tf.Tensor2D {
    const attention = createPackedAttention(this.config, batch, options.sink);
    return this.run(batch.ids, batch.positions, attention, options, false);
  }

  nextHiddenStates(
    ids: tf.Tensor1D,
    positions: tf.Tensor1D,
    cache: KeyValueSource,
    options: ForwardOptions,
  ): tf.Tensor2D {
    const attention = createCachedAttention(this.config, positions, cache);
    return this.run(ids, positions, attention, options, ids.shape[0] <= THIN_ROWS);
  }

  logits(hidden: tf.Tensor2D): tf.Tensor2D {
    const head = this.head();
    return hidden.shape[0] > THIN_ROWS ? tf.matMul(hidden, head, false, true) : thinProduct(hidden, head);
  }

  targetLogProbs(hidden: tf.Tensor2D, targets: tf.Tensor1D): tf.Tensor1D {
    return headLogProbs(hidden, this.head(), targets);
  }

  headMean(): tf.Tensor1D {
    return tf.mean(this.head(), 0);
  }

  rewards(hidden: tf.Tensor2D): tf.Tensor1D {
    if (!this.family.score) {
      throw new DomainError(
        "model-scores-nothing",
        `${this.name} has no reward head: it is a language model, not a reward model.`,
      );
    }
    const score = this.family.score.value as tf.Tensor2D;
    return tf.reshape(tf.matMul(hidden, score, false, true), [-1]);
  }

  addAdapter(config: LoraConfig): void {
    this.requireNoAdapter();
    attachFreshLora(this.family.linears, config, this.name);
    this.lora = config;
  }

  loadAdapter(adapter: Adapter, source: string): void {
    this.requireNoAdapter();
    // A tensor that was trained whole beside the adapter (the reward head) takes the place of the base's tensor.
    const saved = [...adapter.savedTensors].map(([name, tensor]) =>
      fitParameter(this.family.parameters, name, tensor, source),
    );
    attachLora(this.family.linears, adapter, source, this.name);
    for (const put of saved) put();
    const { rank, alpha, targets, dropout } = adapter;
    this.lora = { rank, alpha, targets, dropout, seed: 0 };
  }

  mergeAdapter(): void {
    if (!this.lora) return;
    const scale = this.lora.alpha / this.lora.rank;
    for (const linear of this.family.linears) {
      if (!linear.parts.some(({ lora }) => lora)) continue;
      const { weight } = linear;
      replaceValue(
        weight,
        tf.tidy(() => tf.add(weight.value, loraDelta(linear, scale))),
      );
    }
    this.removeAdapter();
  }

  removeAdapter(): void {
    detachLora(this.family.linears);
    this.lora = null;
  }

  async modelTensors(only?: string): Promise<NamedTensors> {
    const tensors: NamedTensors = new Map();
    for (const parameter of this.family.parameters) {
      const isWanted = only === undefined || parameter.parts.some(({ name }) => name === only);
      if (isWanted) await readParameter(parameter, tensors);
    }
    return tensors;
  }

  async adapterLayers(): Promise<Adapter["layers"]> {
    return readLora(this.family.linears);
  }

  dispose(): void {
    this.removeAdapter();
    for (const { value } of this.family.parameters) value.dispose();
  }

  private run(
    ids: tf.Tensor1D,
    positions: tf.Tensor1D,
    attention: Attention,
    { adapter, recomputeEvery, dropoutSeed, at }: ForwardOptions,
    thin: boolean,
  ): tf.Tensor2D {
    const everywhere = {
      adapter: adapter && this.lora !== null,
      loraScale: this.lora ? this.lora.alpha / this.lora.rank : 0,
      dropout: null,
      thin,
    };
    const rate = this.lora?.dropout ?? 0;
    const isDropping = everywhere.adapter && rate > 0 && dropoutSeed !== undefined;
    // The seed is part of the context, so that a recomputed layer gets it, and with it the masks of the forward pass,
    // from the tape.
    const shared: AttentionContext = {
      ...attention.context,
      ...(isDropping && { dropoutSeed }),
      ...(at && { at }),
    };
    let h = this.family.embed(ids, positions);
    for (let layer = 0; layer < this.config.layers; layer++) {
      const isRecomputed = recomputeEvery !== undefined && layer % recomputeEvery === 0;
      // A recomputed layer keeps no inputs anyway.
      const use: LinearUse = { ...everywhere, remake: !isRecomputed };
      const block = (input: tf.Tensor2D, context: AttentionContext) => {
        const attend = (layer: number, qkv: tf.Tensor2D) => attention.attend(layer, qkv, context);
        // The masks are drawn once the layer's input exists, so a recomputation draws them again instead of keeping
        // them until then.
        const seed = isDropping ? runAfter(context.dropoutSeed as tf.Tensor1D, input) : null;
        const wanted = layer === this.config.layers - 1 ? (context.at as tf.Tensor1D | undefined) : undefined;
        return this.family.block(input, layer, attend, seed ? { ...use, dropout: { rate, seed } } : use, wanted);
      };
      if (isRecomputed) {
        const { linears, parameters } = this.family.blockParameters(layer);
        const variables = [...variablesOf(parameters), ...(use.adapter ? loraVariables(linears) : [])];
        h = recomputed(block, h, shared, variables);
      } else {
        const input = h;
        h = tf.tidy(() => block(input, shared)); // frees what the backward pass does not keep
      }
    }
    return this.family.finalNorm(h);
  }

  private head(): tf.Tensor2D {
    if (!this.family.head) {
      throw new DomainError(
        "model-writes-no-text",
        `${this.name} is a reward model: it scores completions and writes none.`,
      );
    }
    return this.family.head.value as tf.Tensor2D;
  }

  private requireNoAdapter(): void {
    if (this.lora)
      throw new DomainError("model-adapted-already", `${this.name} already has an adapter; merge it first.`);
  }
}
