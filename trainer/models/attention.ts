import * as tf from "@tensorflow/tfjs";
import { type FusedAttentionInputs, type FusedOps, fusedOps } from "../engine/fused-ops";
import type { ModelConfig } from "./config";
import { createHalfTables, createRotationTables, rotate } from "./rotary";
import type { KeyValueSink, KeyValueSource, PackedTensors } from "./types";

/** Mixes tokens: fused projection [tokens, (heads + 2·keyValueHeads)·headDim] → [tokens, heads·headDim]. */
export type Attend = (layer: number, qkv: tf.Tensor2D) => tf.Tensor2D;

/**
 * Attention of one forward pass. The tensors that all layers share are in `context` and are handed in again with each
 * call, because a recomputed layer gets them back from the tape: the tensors made in the forward pass are gone by then.
 */
export interface Attention {
  context: AttentionContext;
  attend(layer: number, qkv: tf.Tensor2D, context: AttentionContext): tf.Tensor2D;
}

export type AttentionContext = Record<string, tf.Tensor>;

const HIDDEN = -1e9;

/** Attention over a packed batch. `sink` receives keys and values as they are attended to. */
export function createPackedAttention(config: ModelConfig, batch: PackedTensors, sink?: KeyValueSink): Attention {
  const ops = fusedOps();
  return ops ? createFusedAttention(ops, config, batch, sink) : createComposedAttention(config, batch, sink);
}

/**
 * Attention in one operation, which reads the unpadded projection as it is and keeps no scores for the backward pass.
 */
function createFusedAttention(
  ops: FusedOps,
  config: ModelConfig,
  batch: PackedTensors,
  sink?: KeyValueSink,
): Attention {
  const { tokenOfSlot, segments } = batch;
  const slots = tf.reshape(tokenOfSlot, segments.shape) as tf.Tensor2D;
  const context: FusedContext = { ...createFusedTables(config, batch.positions), tokenOfSlot: slots, segments };
  const attend = (qkv: tf.Tensor2D, { cosines, sines, tokenOfSlot, segments, heads }: FusedContext) => {
    const mix = tf.customGrad((...inputs) => {
      const save = inputs[inputs.length - 1] as tf.GradSaveFunc;
      const given = inputs.slice(0, -1) as tf.Tensor2D[];
      const { mixed, logSumExp } = ops.attention(inputsFrom(given));
      save([...given, mixed, logSumExp]);
      const gradFunc = (dy: tf.Tensor2D, saved: tf.Tensor[]) => {
        const [mixed, logSumExp] = saved.slice(given.length) as [tf.Tensor2D, tf.Tensor3D];
        const dqkv = ops.attentionGradient(inputsFrom(saved as tf.Tensor2D[]), mixed, logSumExp, dy);
        return [dqkv, ...saved.slice(1, given.length)];
      };
      return { value: mixed, gradFunc };
    });
    return mix(qkv, cosines, sines, tokenOfSlot, segments, heads) as tf.Tensor2D;
  };
  return {
    context,
    attend: (layer, qkv, context) => {
      if (sink) {
        const { keys, values } = ops.keysAndValues({ ...(context as FusedContext), qkv });
        sink.store(layer, keys, values);
      }
      return attend(qkv, context as FusedContext);
    },
  };
}

/** The arguments of the fused attention that follow from the model and from its tokens' positions. */
function createFusedTables(
  config: ModelConfig,
  positions: tf.Tensor1D,
): Pick<FusedAttentionInputs, "cosines" | "sines" | "heads"> {
  const halves: [number, number] = [positions.shape[0], config.headDim / 2];
  const tables =
    config.ropeTheta > 0
      ? createHalfTables(config, positions)
      : { cosines: tf.ones<tf.Rank.R2>(halves), sines: tf.zeros<tf.Rank.R2>(halves) };
  return { ...tables, heads: tf.zeros<tf.Rank.R2>([config.heads, config.keyValueHeads]) };
}

type FusedContext = Omit<FusedAttentionInputs, "qkv"> & AttentionContext;

function inputsFrom(list: readonly tf.Tensor2D[]): FusedAttentionInputs {
  const [qkv, cosines, sines, tokenOfSlot, segments, heads] = list as [
    ...[tf.Tensor2D, tf.Tensor2D, tf.Tensor2D],
    ...[tf.Tensor2D, tf.Tensor2D, tf.Tensor2D],
  ];
  return { qkv, cosines, sines, tokenOfSlot, segments, heads };
}

/**
 * Attention composed of ordinary operations. Tokens are gathered into [rows, heads, time, headDim] straight from the
 * unpadded projection; since that gather is a permutation (plus padding of zero gradient), its gradient is another
 * gather.
 *
 * Time is cut into blocks: a block's queries meet only the keys up to its end, for later keys are hidden anyway. The
 * gather lays the queries out block by block, so that this costs no copy of them.
 */
function createComposedAttention(config: ModelConfig, batch: PackedTensors, sink?: KeyValueSink): Attention {
  const { heads, keyValueHeads, headDim } = config;
  const [rows, time] = batch.segments.shape;
  const tokens = batch.ids.shape[0];
  const groups = heads / keyValueHeads;
  const queries = rows * heads * time;
  const keys = rows * keyValueHeads * time;
  const blocks = blocksOf(time);
  const size = time / blocks;
  const mask = createTreeMask(batch.segments);
  const context = {
    ...createHeadOrder(config, batch, blocks),
    ...createScaling(config, batch.positions),
    ...Object.fromEntries(
      Array.from({ length: blocks }, (_, block) => {
        const seen = tf.slice(mask, [0, 0, block * size, 0], [-1, -1, size, (block + 1) * size]);
        return [`mask${block}`, tf.tile(seen, [1, 1, groups, 1])]; // [rows, 1, groups·size, (block + 1)·size]
      }),
    ),
  };

  const attend = (layer: number, qkv: tf.Tensor2D, context: PackedContext) => {
    const byTokenAndHead = tf.reshape(scaled(qkv, context), [tokens * (heads + 2 * keyValueHeads), headDim]);
    const byHead = permuteRows(byTokenAndHead as tf.Tensor2D, context.slots, context.slotsInverse);
    const ofBlocks = new Array<number>(blocks).fill(queries / blocks);
    const parts = tf.split(byHead, [...ofBlocks, keys, keys], 0) as tf.Tensor2D[];
    const k4 = tf.reshape(parts[blocks]!, [rows, keyValueHeads, time, headDim]) as tf.Tensor4D;
    const v4 = tf.reshape(parts[blocks + 1]!, [rows, keyValueHeads, time, headDim]) as tf.Tensor4D;
    sink?.store(layer, k4, v4);
    const mixed = ofBlocks.map((count, block) => {
      const end = (block + 1) * size;
      const upTo = (all: tf.Tensor4D) => (end === time ? all : tf.slice(all, [0, 0, 0, 0], [-1, -1, end, -1]));
      const q4 = tf.reshape(parts[block]!, [rows, keyValueHeads, groups * size, headDim]);
      const weights = tf.softmax(tf.add(tf.matMul(q4, upTo(k4), false, true), context[`mask${block}`]!));
      return tf.reshape(tf.matMul(weights, upTo(v4)), [count, headDim]) as tf.Tensor2D;
    });
    const byToken = permuteRows(tf.concat(mixed), context.tokens, context.tokensInverse);
    return tf.reshape(byToken, [tokens, heads * headDim]) as tf.Tensor2D;
  };
  return { context, attend: (layer, qkv, context) => attend(layer, qkv, context as PackedContext) };
}

/** Blocks of fewer columns than this cost more in small products than they save. */
const SMALLEST_BLOCK = 128;

/** How many equal blocks time is cut into: with four, 3/8 of the attention's work is saved; with two, a quarter. */
function blocksOf(time: number): number {
  return [4, 2].find((blocks) => time % blocks === 0 && time / blocks >= SMALLEST_BLOCK) ?? 1;
}

/** Attention of one new token a row against the cached keys and values. */
export function createCachedAttention(config: ModelConfig, positions: tf.Tensor1D, cache: KeyValueSource): Attention {
  const ops = fusedOps();
  return ops ? fusedCachedAttention(ops, config, positions, cache) : composedCachedAttention(config, positions, cache);
}

function fusedCachedAttention(
  ops: FusedOps,
  config: ModelConfig,
  positions: tf.Tensor1D,
  { slot, firstSlot, change }: KeyValueSource,
): Attention {
  return {
    context: { ...createFusedTables(config, positions) },
    attend: (layer, qkv, context) => {
      const { cosines, sines, heads } = context as FusedContext;
      return change(layer, (keys, values) =>
        ops.cachedAttention({ qkv, cosines, sines, slot, firstSlot, heads, keys, values }),
      );
    },
  };
}

function composedCachedAttention(config: ModelConfig, positions: tf.Tensor1D, cache: KeyValueSource): Attention {
  const { heads, keyValueHeads, headDim } = config;
  const rows = positions.shape[0];
  return {
    context: createScaling(config, positions),
    attend(layer, qkv, context) {
      const width = keyValueHeads * headDim;
      const [q, k, v] = tf.split(scaled(qkv, context as Scaling), [heads * headDim, width, width], 1);
      const one: [number, number, number, number] = [rows, keyValueHeads, 1, headDim];
      const all = cache.extend(layer, tf.reshape(k!, one) as tf.Tensor4D, tf.reshape(v!, one) as tf.Tensor4D);
      const q4 = tf.reshape(q!, [rows, keyValueHeads, heads / keyValueHeads, headDim]);
      const weights = tf.softmax(tf.add(tf.matMul(q4, all.keys, false, true), cache.mask));
      return tf.reshape(tf.matMul(weights, all.values), [rows, heads * headDim]);
    },
  };
}

/** Rotary tables, or for learned positions just the factors that scale q: [(heads + 2·keyValueHeads)·headDim]. */
type Scaling = { cosines: tf.Tensor2D; sines: tf.Tensor2D; swapped: tf.Tensor1D } | { factors: tf.Tensor1D };

type PackedContext = HeadOrder & Scaling & AttentionContext;

function createScaling(config: ModelConfig, positions: tf.Tensor1D): Scaling {
  if (config.ropeTheta > 0) return { ...createRotationTables(config, positions) };
  const { heads, keyValueHeads, headDim } = config;
  const scale = new Float32Array((heads + 2 * keyValueHeads) * headDim).fill(1);
  scale.fill(1 / Math.sqrt(headDim), 0, heads * headDim);
  return { factors: tf.tensor1d(scale) };
}

function scaled(qkv: tf.Tensor2D, scaling: Scaling): tf.Tensor2D {
  return "factors" in scaling ? tf.mul(qkv, scaling.factors) : rotate(qkv, scaling);
}

/**
 * segments [rows, time] → [rows, 1, time, time]: 0 where a column is seen (it is earlier, and of segment 0 or of the
 * token's own segment).
 */
function createTreeMask(segments: tf.Tensor2D): tf.Tensor4D {
  const [rows, time] = segments.shape;
  const seen = tf.reshape(segments, [rows, 1, time]);
  const seeing = tf.reshape(segments, [rows, time, 1]);
  const related = tf.logicalOr(tf.equal(seen, 0), tf.equal(seen, seeing)); // [rows, time, time]
  const hidden = tf.mul(tf.sub(1, tf.cast(related, "float32")), HIDDEN);
  const future = new Float32Array(time * time);
  for (let i = 0; i < time; i++) future.fill(HIDDEN, i * time + i + 1, (i + 1) * time);
  return tf.reshape(tf.minimum(hidden, tf.tensor3d(future, [1, time, time])), [rows, 1, time, time]) as tf.Tensor4D;
}

type HeadOrder = {
  /**
   * [(heads + 2·keyValueHeads)·rows·time]: q by block, row, head, time in the block; k and v by row, head, time; from
   * the rows (token, head) of the projection.
   */
  slots: tf.Tensor1D;
  /** [tokens·(heads + 2·keyValueHeads)] */
  slotsInverse: tf.Tensor1D;
  /** [tokens·heads]: the mixed values of (block, row, head, time in the block) back by token and head. */
  tokens: tf.Tensor1D;
  /** [rows·heads·time] */
  tokensInverse: tf.Tensor1D;
};

function createHeadOrder(config: ModelConfig, batch: PackedTensors, blocks: number): HeadOrder {
  const { heads, keyValueHeads } = config;
  const [rows, time] = batch.segments.shape;
  const tokens = batch.ids.shape[0];
  const all = heads + 2 * keyValueHeads;
  const integer = (value: number) => tf.scalar(value, "int32");
  const steps = (count: number, step: number, from: number) =>
    tf.tensor1d(
      Int32Array.from({ length: count }, (_, i) => from + i * step),
      "int32",
    );

  const size = time / blocks;
  const token = tf.reshape(batch.tokenOfSlot, [rows, 1, time]);
  const ofBlocks = tf.transpose(tf.reshape(batch.tokenOfSlot, [rows, blocks, 1, size]), [1, 0, 2, 3]);
  const headsOf = (tokens: tf.Tensor, count: number, stride: number, from: number) =>
    tf.reshape(tf.add(tf.mul(tokens, integer(stride)), steps(count, 1, from).reshape([count, 1])), [-1]) as tf.Tensor1D;
  const slots = tf.concat([
    headsOf(ofBlocks, heads, all, 0),
    headsOf(token, keyValueHeads, all, heads),
    headsOf(token, keyValueHeads, all, heads + keyValueHeads),
  ]);

  const row = tf.floorDiv(batch.slotOfToken, integer(time));
  const column = tf.sub(batch.slotOfToken, tf.mul(row, integer(time)));
  const fromSlot = (count: number, from: number) => {
    const start = tf.add(tf.mul(row, integer(count * time)), column).reshape([tokens, 1]);
    return tf.add(start, steps(count, time, from).reshape([1, count])); // [tokens, count]
  };
  const queries = rows * heads * time;
  const keys = rows * keyValueHeads * time;
  const block = tf.floorDiv(column, integer(size));
  const inBlock = tf.sub(column, tf.mul(block, integer(size)));
  const start = tf.add(tf.mul(tf.add(tf.mul(block, integer(rows)), row), integer(heads * size)), inBlock);
  const ofQueries = tf.add(start.reshape([tokens, 1]), steps(heads, size, 0).reshape([1, heads])); // [tokens, heads]
  const inverse = tf.concat([ofQueries, fromSlot(keyValueHeads, queries), fromSlot(keyValueHeads, queries + keys)], 1);
  return {
    slots,
    slotsInverse: tf.reshape(inverse, [-1]),
    tokens: tf.reshape(ofQueries, [-1]),
    tokensInverse: headsOf(ofBlocks, heads, heads, 0),
  };
}

/**
 * x [n, width] gathered by `order` [m]; the gradient gathers by `inverse` [n]. Right where every row of x with a
 * gradient occurs exactly once in `order`; rows of padding carry no gradient.
 */
function permuteRows(x: tf.Tensor2D, order: tf.Tensor1D, inverse: tf.Tensor1D): tf.Tensor2D {
  const permute = tf.customGrad((...inputs) => {
    const [x, order, inverse, save] = inputs as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    save([order, inverse]);
    const gradFunc = (dy: tf.Tensor2D, saved: tf.Tensor[]) => {
      const [order, inverse] = saved as [tf.Tensor1D, tf.Tensor1D];
      return [tf.gather(dy, inverse), order, inverse];
    };
    return { value: tf.gather(x, order), gradFunc };
  });
  return permute(x, order, inverse) as tf.Tensor2D;
}
