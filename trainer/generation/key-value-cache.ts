import * as tf from "@tensorflow/tfjs";
import { changeInPlace, createInPlaceBuffer, type InPlaceBuffer } from "../engine/in-place-buffer";
import type { ModelConfig } from "../models/config";
import type { KeyValueSink, KeyValueSource } from "../models/types";

const HIDDEN = -1e9;

/**
 * Keys and values of all tokens so far, [rows, keyValueHeads, capacity, headDim] a layer, written in place. Rows end at
 * one slot whatever their prompts' lengths, so that one position serves the whole batch: row r's tokens lie in slots
 * `firstSlot[r]` to the present one.
 */
export interface KeyValueCache {
  readonly rows: number;
  readonly capacity: number;
  /** Receives a prefill of prompts aligned at their ends; row r takes prompt `promptOfRow[r]`. */
  sink(promptOfRow: tf.Tensor1D): KeyValueSink;
  /** Gives access for one new token a row, at `slot`. */
  source(slot: tf.Scalar, firstSlot: tf.Tensor1D): KeyValueSource;
  dispose(): void;
}

export function createKeyValueCache(config: ModelConfig, rows: number, capacity: number): KeyValueCache {
  const shape = [rows, config.keyValueHeads, capacity, config.headDim];
  const create = () => Array.from({ length: config.layers }, () => createInPlaceBuffer(shape));
  const keys = create();
  const values = create();
  const extend = (buffer: InPlaceBuffer, added: tf.Tensor4D, slot: tf.Scalar) => {
    buffer.write(added, slot, 2);
    return buffer.read() as tf.Tensor4D;
  };
  return {
    rows,
    capacity,
    sink: (promptOfRow) => ({
      store: (layer, k, v) => {
        const start = tf.scalar(0, "int32");
        keys[layer]!.write(tf.gather(k, promptOfRow), start, 2);
        values[layer]!.write(tf.gather(v, promptOfRow), start, 2);
      },
    }),
    source: (slot, firstSlot) => {
      const columns = tf.range(0, capacity, 1, "int32").reshape([1, capacity]);
      const hidden = tf.logicalOr(tf.less(columns, firstSlot.reshape([rows, 1])), tf.greater(columns, slot));
      const mask = tf.mul(tf.cast(hidden, "float32"), HIDDEN).reshape([rows, 1, 1, capacity]) as tf.Tensor4D;
      return {
        slot,
        firstSlot,
        mask,
        change: (layer, run) =>
          changeInPlace([keys[layer]!, values[layer]!], ([k, v]) => run(k as tf.Tensor4D, v as tf.Tensor4D)),
        extend: (layer, k, v) => ({ keys: extend(keys[layer]!, k, slot), values: extend(values[layer]!, v, slot) }),
      };
    },
    dispose: () => {
      for (const buffer of [...keys, ...values]) buffer.dispose();
    },
  };
}

/** Bytes that one token of one row takes in the cache. */
export function cacheBytesPerToken({ layers, keyValueHeads, headDim }: ModelConfig): number {
  return 2 * layers * keyValueHeads * headDim * 4;
}
