import * as tf from "@tensorflow/tfjs";
import { type CompiledFunction, compile, type StepFunction } from "../engine/compile";
import { compileOnRepeat } from "../engine/compile-on-repeat";
import {
  type PackedBatch,
  packedTensorCount,
  packedTensorList,
  packedTensorsFrom,
  toPackedTensors,
} from "../models/packing";
import type { CausalLanguageModel } from "../models/types";
import { createKeyValueCache } from "./key-value-cache";
import { chooseFromNucleus, chooseTokens, type Draw, type SamplingMode } from "./sampling";

/** The way in which one batch samples; `uniforms` are new at each step. */
export interface SamplingSettings {
  mode: SamplingMode;
  temperature: number;
  topP: number;
}

/**
 * Prefill and one-token steps for a fixed number of rows and slots, compiled once and used for many batches. A decoder
 * has one cache, so it can't serve two generations at once.
 */
export interface Decoder {
  readonly rows: number;
  readonly capacity: number;
  /** Fills the cache with the prompts (aligned at their ends) and draws each row's first token. */
  prefill(
    prompts: PackedBatch,
    promptOfRow: Int32Array,
    sampling: SamplingSettings,
    uniforms: Float32Array,
  ): Promise<Int32Array>;
  /** Appends each row's token at `slot` and draws the next. `firstSlot` is the slot where each row's prompt starts. */
  next(
    ids: Int32Array,
    slot: number,
    firstSlot: Int32Array,
    sampling: SamplingSettings,
    uniforms: Float32Array,
  ): Promise<Int32Array>;
  dispose(): void;
}

export function createDecoder(model: CausalLanguageModel, rows: number, capacity: number, adapter: boolean): Decoder {
  const cache = createKeyValueCache(model.config, rows, capacity);
  const functions = new Map<string, CompiledFunction>();
  const compiled = (name: string, fn: StepFunction, how = compile) => {
    const known = functions.get(name);
    if (known) return known;
    const added = how(`${model.name} ${name} ${rows}×${capacity}`, fn);
    functions.set(name, added);
    return added;
  };
  const drawFrom = (args: tf.Tensor[]): Draw => {
    const [uniforms, temperature, topP] = args.slice(-3);
    return { uniforms: uniforms as tf.Tensor1D, temperature: temperature as tf.Scalar, topP: topP as tf.Scalar };
  };
  const choose = (hidden: tf.Tensor2D, mode: SamplingMode, args: tf.Tensor[], rowsOf?: tf.Tensor1D): tf.Tensor[] => {
    const ofHidden = model.logits(hidden);
    const logits = rowsOf ? tf.gather(ofHidden, rowsOf) : ofHidden;
    const { ids, exact } = chooseTokens(logits, mode, drawFrom(args));
    return mode === "nucleus" ? [ids, exact, logits] : [ids];
  };

  const prefill = (mode: SamplingMode) =>
    compiled(
      `prefill ${mode}`,
      (...args) => {
        const [last, promptOfRow] = args.slice(packedTensorCount) as [tf.Tensor1D, tf.Tensor1D];
        const options = { adapter, sink: cache.sink(promptOfRow), at: last };
        return choose(model.hiddenStates(packedTensorsFrom(args), options), mode, args, promptOfRow);
      },
      compileOnRepeat, // compiled on repeat only, because prompts come in many lengths
    );
  const step = (mode: SamplingMode) =>
    compiled(`step ${mode}`, (...args) => {
      const [ids, slot, firstSlot] = args as [tf.Tensor1D, tf.Scalar, tf.Tensor1D];
      const source = cache.source(slot, firstSlot);
      return choose(model.nextHiddenStates(ids, tf.sub(slot, firstSlot), source, { adapter }), mode, args);
    });
  const wide = () =>
    compiled("nucleus of all tokens", (...args) => {
      return [chooseFromNucleus(args[0] as tf.Tensor2D, drawFrom(args), model.config.vocabSize).ids];
    });

  const run = async (fn: CompiledFunction, args: tf.Tensor[], sampling: SamplingSettings, uniforms: Float32Array) => {
    const draw = [tf.tensor1d(uniforms), tf.scalar(sampling.temperature), tf.scalar(sampling.topP)];
    const results = fn(...args, ...draw);
    try {
      return await readChoice(results, draw);
    } finally {
      tf.dispose([...args, ...draw, ...results]);
    }
  };
  /** Rarely, at a flat distribution, the candidates do not hold the whole nucleus; then all tokens are sorted. */
  const readChoice = async ([ids, exact, logits]: tf.Tensor[], draw: tf.Tensor[]): Promise<Int32Array> => {
    if (!exact || !logits || (await exact.data()).every((flag) => flag === 1)) return (await ids!.data()) as Int32Array;
    const [all] = wide()(logits, ...draw);
    const chosen = (await all!.data()) as Int32Array;
    all!.dispose();
    return chosen;
  };
  const integers = (values: Int32Array) => tf.tensor1d(values, "int32");

  return {
    rows,
    capacity,
    prefill: (prompts, promptOfRow, sampling, uniforms) => {
      const last = new Int32Array(prompts.rows).fill(prompts.tokens - 1);
      for (const [prompt, length] of prompts.lengths.entries()) last[prompt] = prompts.offsets[prompt]! + length - 1;
      const args = [...packedTensorList(toPackedTensors(prompts)), integers(last), integers(promptOfRow)];
      return run(prefill(sampling.mode), args, sampling, uniforms);
    },
    next: (ids, slot, firstSlot, sampling, uniforms) => {
      const args = [integers(ids), tf.scalar(slot, "int32"), integers(firstSlot)];
      return run(step(sampling.mode), args, sampling, uniforms);
    },
    dispose: () => {
      for (const fn of functions.values()) fn.dispose();
      cache.dispose();
    },
  };
}
