import type { JsonObject } from "../file-formats/json-file";
import { isJsonObject } from "../file-formats/json-file";
import { Fields } from "./config-fields";

/** How a model's rotary frequencies are stretched beyond the context that it was first trained on. */
export type RopeScaling =
  /** All frequencies ÷ factor (Chen et al. 2023, arXiv 2306.15595). */
  | { kind: "linear"; factor: number }
  /**
   * Changes the base only beyond `max_position_embeddings`, a length that no sequence in Tuneloop reaches; up to that
   * length nothing is scaled.
   */
  | { kind: "dynamic"; factor: number }
  /** Llama 3.1 and later: long wavelengths ÷ factor, short ones as they are, a ramp between. */
  | {
      kind: "llama3";
      factor: number;
      lowFrequencyFactor: number;
      highFrequencyFactor: number;
      originalPositions: number;
    }
  /** YaRN (Peng et al. 2023, arXiv 2309.00071). `attentionFactor` multiplies cosines and sines. */
  | {
      kind: "yarn";
      factor: number;
      betaFast: number;
      betaSlow: number;
      attentionFactor: number;
      /** Whether the ends of the ramp are rounded to whole dimensions. */
      truncate: boolean;
      originalPositions: number;
    };

/** The base of a model's rotary frequencies, and how they are stretched; null leaves them as they are. */
export interface Rope {
  ropeTheta: number;
  ropeScaling: RopeScaling | null;
}

/**
 * Reads theta and scaling: transformers 5 keeps both in `rope_parameters`; transformers 4 keeps theta at the top level
 * beside `rope_scaling`.
 * @throws DomainError if a file has both spellings and they differ, since then the two versions would run two models
 */
export function parseRope(fields: Fields, maxPositions: number): Rope {
  const { raw } = fields;
  const spellings = (["rope_parameters", "rope_scaling"] as const).filter((key) => isJsonObject(raw[key]));
  const [first, second] = spellings.map((key) => parseSpelling(fields, key, maxPositions));
  if (!first) return parseSpelling(fields, null, maxPositions);
  const isTwofold = second && JSON.stringify(second) !== JSON.stringify(first);
  const { rope_theta: top } = raw;
  if (isTwofold || (top !== undefined && top !== null && top !== first.ropeTheta)) {
    const other = isTwofold ? `"rope_scaling"` : '"rope_theta" at the top level';
    throw fields.invalid(
      spellings[0] as string,
      `and ${other} say different things about the positions; transformers 4 and 5 would each take another: keep the one that is meant`,
    );
  }
  return first;
}

function parseSpelling(fields: Fields, key: "rope_parameters" | "rope_scaling" | null, maxPositions: number): Rope {
  const { raw, file } = fields;
  const found = key && raw[key];
  const nested = new Fields(isJsonObject(found) ? found : {}, file, `${key}.`);
  for (const where of [fields, nested]) {
    const share = where.positive("partial_rotary_factor", 1);
    if (share !== 1) throw where.unsupported("partial_rotary_factor", share, "supported is 1: the whole head turns");
  }
  const ropeTheta =
    nested.raw.rope_theta === undefined ? fields.positive("rope_theta", 10000) : nested.positive("rope_theta");
  // Some checkpoints name the original context at the top level, where transformers 5 looks first.
  const original = fields.count(
    "original_max_position_embeddings",
    nested.count("original_max_position_embeddings", maxPositions),
  );
  return { ropeTheta, ropeScaling: parseScaling(nested, { maxPositions, original, theta: ropeTheta }) };
}

function parseScaling(
  fields: Fields,
  { maxPositions, original: originalPositions, theta }: { maxPositions: number; original: number; theta: number },
): RopeScaling | null {
  const { raw } = fields;
  const kind = raw.rope_type ?? raw.type ?? "default";
  if (raw.type !== undefined && raw.type !== kind) {
    throw fields.invalid(
      "type",
      `is ${JSON.stringify(raw.type)}, but "rope_type" is ${JSON.stringify(kind)}: keep one`,
    );
  }
  if (kind === "default") return null;
  if (kind === "linear" || kind === "dynamic") return { kind, factor: fields.positive("factor") };
  if (kind === "llama3") {
    const lowFrequencyFactor = fields.positive("low_freq_factor");
    const highFrequencyFactor = fields.positive("high_freq_factor");
    if (highFrequencyFactor <= lowFrequencyFactor) {
      throw fields.invalid(
        "high_freq_factor",
        `of ${highFrequencyFactor} should be above low_freq_factor (${lowFrequencyFactor})`,
      );
    }
    return { kind, factor: fields.positive("factor"), lowFrequencyFactor, highFrequencyFactor, originalPositions };
  }
  if (kind === "yarn") {
    if (theta === 1) throw fields.invalid("rope_theta", "of 1 gives every dimension the same frequency");
    const factor = fields.positive("factor", maxPositions / originalPositions);
    return {
      kind,
      factor,
      betaFast: fields.positive("beta_fast", 32),
      betaSlow: fields.positive("beta_slow", 1),
      attentionFactor: fields.positive("attention_factor", attentionFactorOf(fields, factor)),
      truncate: fields.flag("truncate", true),
      originalPositions,
    };
  }
  throw fields.unsupported(
    raw.rope_type === undefined ? "type" : "rope_type",
    kind,
    "supported are default, linear, dynamic, llama3 and yarn; take a model that scales its positions in one of these ways",
  );
}

/** The factor on cosines and sines: Peng et al. 2023, eq. 22, with the two factors that DeepSeek added. */
function attentionFactorOf(fields: Fields, factor: number): number {
  const scale = (mscale: number) => (factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1);
  const { mscale, mscale_all_dim: allDimensions } = fields.raw;
  if (!mscale || !allDimensions) return scale(1);
  return scale(fields.positive("mscale")) / scale(fields.positive("mscale_all_dim"));
}

/** Angles per position of each pair of a head's dimensions, in radians: headDim / 2 numbers. */
export function inverseFrequencies({ headDim, ropeTheta, ropeScaling }: Rope & { headDim: number }): number[] {
  const plain = Array.from({ length: headDim / 2 }, (_, j) => ropeTheta ** (-(2 * j) / headDim));
  if (!ropeScaling || ropeScaling.kind === "dynamic") return plain;
  const { factor } = ropeScaling;
  if (ropeScaling.kind === "linear") return plain.map((frequency) => frequency / factor);
  const kept = ropeScaling.kind === "llama3" ? llama3Share(ropeScaling) : yarnShare(ropeScaling, headDim, ropeTheta);
  return plain.map((frequency, j) => {
    const share = kept(frequency, j);
    return (1 - share) * (frequency / factor) + share * frequency;
  });
}

/** The factor that cosines and sines are multiplied by. */
export function attentionFactor({ ropeScaling }: Rope): number {
  return ropeScaling?.kind === "yarn" ? ropeScaling.attentionFactor : 1;
}

type Share = (frequency: number, pair: number) => number;

/** How far a frequency stays as it is: 1 for wavelengths below original ÷ high, 0 for those above original ÷ low. */
function llama3Share(scaling: Extract<RopeScaling, { kind: "llama3" }>): Share {
  const { originalPositions, lowFrequencyFactor: low, highFrequencyFactor: high } = scaling;
  return (frequency) => {
    const wavelength = (2 * Math.PI) / frequency;
    return clamped((originalPositions / wavelength - low) / (high - low));
  };
}

/**
 * How far a frequency stays as it is, by how often it turns within the original context, in dimensions (Peng et al.
 * 2023, eq. 17 to 19).
 */
function yarnShare(scaling: Extract<RopeScaling, { kind: "yarn" }>, headDim: number, theta: number): Share {
  const { originalPositions, betaFast, betaSlow, truncate } = scaling;
  const dimensionOf = (turns: number) =>
    (headDim * Math.log(originalPositions / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const [first, last] = [dimensionOf(betaFast), dimensionOf(betaSlow)];
  const low = Math.max(truncate ? Math.floor(first) : first, 0);
  const high = Math.min(truncate ? Math.ceil(last) : last, headDim - 1);
  const width = high === low ? 0.001 : high - low;
  return (_, pair) => 1 - clamped((pair - low) / width);
}

const clamped = (share: number) => Math.min(1, Math.max(0, share));

/**
 * Writes the rotary keys of config.json twice, because transformers 4 and transformers 5 each read a spelling of their
 * own. Values that one of them would look for elsewhere, or not find, stand in both.
 */
export function ropeToWrite({ ropeTheta, ropeScaling, raw }: Rope & { raw: JsonObject }): JsonObject {
  const found = isJsonObject(raw.rope_parameters) ? raw.rope_parameters : raw.rope_scaling;
  const { type: _, rope_theta: __, ...keys } = isJsonObject(found) ? found : {};
  const original = ropeScaling && "originalPositions" in ropeScaling ? ropeScaling.originalPositions : null;
  const scaling = {
    ...keys,
    ...(ropeScaling && { factor: ropeScaling.factor }),
    ...(original !== null && { original_max_position_embeddings: original }),
    rope_type: ropeScaling?.kind ?? "default",
  };
  return {
    rope_theta: ropeTheta,
    rope_scaling: ropeScaling ? scaling : null,
    rope_parameters: { ...scaling, rope_theta: ropeTheta },
  };
}
