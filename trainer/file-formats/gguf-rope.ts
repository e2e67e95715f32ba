import type { ModelConfig } from "../models/config";
import { inverseFrequencies, type RopeScaling } from "../models/rope-scaling";
import { unsupportedFile } from "./file-errors";
import type { JsonObject } from "./json-file";
import type { GgufValue } from "./write-gguf";

/**
 * The tensor by which a GGUF divides the rotary frequencies, [headDim / 2]. llama.cpp keeps the scaling of Llama 3 in
 * it.
 */
export const ROPE_FREQUENCIES = "rope_freqs.weight";

/** The values of Llama 3.1, 3.2 and 3.3, none of which a GGUF states. */
const LLAMA3 = { low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 };
/** A relative tolerance, because the tensor is in float32. */
const TOLERANCE = 1e-5;

interface Found {
  metadata: JsonObject;
  /** Values of `rope_freqs.weight`, if the file has that tensor. */
  divisors: Float32Array | undefined;
  headDim: number;
  theta: number;
  path: string;
}

/**
 * Gives `rope_parameters` as config.json would have them.
 * @throws DomainError if config.json has no form for the scaling
 */
export function ropeFromGguf({ metadata, divisors, headDim, theta, path }: Found): JsonObject {
  const at = (key: string) => metadata[`llama.rope.scaling.${key}`];
  const original = at("original_context_length");
  const kind = at("type") ?? "none";
  if (divisors) return llama3FromDivisors(divisors, { headDim, theta, path, original });
  if (kind === "none") return { rope_theta: theta, rope_type: "default" };
  const factor = at("factor") ?? metadata["llama.rope.scale_linear"];
  if (kind === "linear") return { rope_theta: theta, rope_type: "linear", factor: factor ?? 1 };
  const strange = ["attn_factor", "yarn_ext_factor", "yarn_attn_factor", "yarn_log_multiplier"].find(
    (key) => at(key) !== undefined,
  );
  if (kind !== "yarn" || strange) {
    const [key, value] = kind === "yarn" ? [strange as string, at(strange as string)] : ["type", kind];
    throw unsupportedFile(
      path,
      `"llama.rope.scaling.${key}" is ${JSON.stringify(value)}; supported are none, linear, and yarn without it`,
    );
  }
  return {
    rope_theta: theta,
    rope_type: "yarn",
    ...(factor !== undefined && { factor }),
    ...(original !== undefined && { original_max_position_embeddings: original }),
    ...(at("yarn_beta_fast") !== undefined && { beta_fast: at("yarn_beta_fast") }),
    ...(at("yarn_beta_slow") !== undefined && { beta_slow: at("yarn_beta_slow") }),
  };
}

function llama3FromDivisors(
  divisors: Float32Array,
  { headDim, theta, path, original }: Pick<Found, "headDim" | "theta" | "path"> & { original: unknown },
): JsonObject {
  const factor = Number(Math.max(...divisors).toPrecision(6));
  if (divisors.length === headDim / 2 && divisors.every((divisor) => divisor === 1)) {
    return { rope_theta: theta, rope_type: "default" };
  }
  const originalPositions = typeof original === "number" ? original : LLAMA3.original_max_position_embeddings;
  const scaling: RopeScaling = {
    kind: "llama3",
    factor,
    lowFrequencyFactor: LLAMA3.low_freq_factor,
    highFrequencyFactor: LLAMA3.high_freq_factor,
    originalPositions,
  };
  const wanted = divisorsOf({ headDim, ropeTheta: theta, ropeScaling: scaling });
  const isAlike =
    divisors.length === wanted.length &&
    wanted.every((value, j) => Math.abs((divisors[j] as number) / value - 1) < TOLERANCE);
  if (!isAlike)
    throw unsupportedFile(
      path,
      `tensor ${ROPE_FREQUENCIES}: holds no scaling of Llama 3.1 to 3.3, which is the supported one`,
    );
  return {
    rope_theta: theta,
    rope_type: "llama3",
    factor,
    ...LLAMA3,
    original_max_position_embeddings: originalPositions,
  };
}

/** Gives what a GGUF states about the scaling: keys (without `llama.`) and the values of `rope_freqs.weight`. */
export function ropeToGguf(
  { headDim, ropeTheta, ropeScaling }: ModelConfig,
  place: string,
): { keys: [string, GgufValue][]; divisors: Float32Array | null } {
  const none = { keys: [], divisors: null };
  if (!ropeScaling || ropeScaling.kind === "dynamic") return none; // the dynamic kind scales nothing inside the context
  const { factor } = ropeScaling;
  const keys: [string, GgufValue][] = [
    ["rope.scaling.type", { text: ropeScaling.kind }],
    ["rope.scaling.factor", { float32: factor }],
  ];
  if (ropeScaling.kind === "linear") return { keys, divisors: null };
  const original: [string, GgufValue] = [
    "rope.scaling.original_context_length",
    { uint32: ropeScaling.originalPositions },
  ];
  if (ropeScaling.kind === "llama3") {
    return { keys: [original], divisors: Float32Array.from(divisorsOf({ headDim, ropeTheta, ropeScaling })) };
  }
  const usual = 0.1 * Math.log(Math.max(1, factor)) + 1;
  if (!ropeScaling.truncate || Math.abs(ropeScaling.attentionFactor - usual) > TOLERANCE) {
    throw unsupportedFile(
      place,
      "scales its positions by YaRN with an attention factor or a ramp of its own, which has no place in a GGUF",
    );
  }
  keys.push(original);
  keys.push(["rope.scaling.yarn_beta_fast", { float32: ropeScaling.betaFast }]);
  keys.push(["rope.scaling.yarn_beta_slow", { float32: ropeScaling.betaSlow }]);
  return { keys, divisors: null };
}

function divisorsOf(rope: Parameters<typeof inverseFrequencies>[0]): number[] {
  const scaled = inverseFrequencies(rope);
  return inverseFrequencies({ ...rope, ropeScaling: null }).map((plain, j) => plain / (scaled[j] as number));
}
