import type { ModelConfig } from "../models/config";
import { unsupportedFile } from "./file-errors";

type Family = ModelConfig["family"];

/** GGUF names and Hugging Face names of the tensors outside and inside the layers (gguf-py, tensor_mapping.py). */
interface Names {
  /** The part of a Hugging Face name that stands before the number of a layer. */
  layers: string;
  outside: readonly (readonly [gguf: string, huggingFace: string])[];
  inside: readonly (readonly [gguf: string, huggingFace: string])[];
}

const withBias = (gguf: string, huggingFace: string) =>
  ["weight", "bias"].map((part) => [`${gguf}.${part}`, `${huggingFace}.${part}`] as const);

const NAMES: Record<Family, Names> = {
  llama: {
    layers: "model.layers",
    outside: [
      ["token_embd.weight", "model.embed_tokens.weight"],
      ["output_norm.weight", "model.norm.weight"],
      ["output.weight", "lm_head.weight"],
    ],
    inside: [
      ["attn_norm.weight", "input_layernorm.weight"],
      ["ffn_norm.weight", "post_attention_layernorm.weight"],
      ["attn_q.weight", "self_attn.q_proj.weight"],
      ["attn_k.weight", "self_attn.k_proj.weight"],
      ["attn_v.weight", "self_attn.v_proj.weight"],
      ["attn_output.weight", "self_attn.o_proj.weight"],
      ["ffn_gate.weight", "mlp.gate_proj.weight"],
      ["ffn_up.weight", "mlp.up_proj.weight"],
      ["ffn_down.weight", "mlp.down_proj.weight"],
    ],
  },
  gpt2: {
    layers: "transformer.h",
    outside: [
      ["token_embd.weight", "transformer.wte.weight"],
      ["position_embd.weight", "transformer.wpe.weight"],
      ...withBias("output_norm", "transformer.ln_f"),
      ["output.weight", "lm_head.weight"],
    ],
    inside: [
      ...withBias("attn_norm", "ln_1"),
      ...withBias("attn_qkv", "attn.c_attn"),
      ...withBias("attn_output", "attn.c_proj"),
      ...withBias("ffn_norm", "ln_2"),
      ...withBias("ffn_up", "mlp.c_fc"),
      ...withBias("ffn_down", "mlp.c_proj"),
    ],
  },
};

/** Translates a GGUF name: `blk.3.attn_q.weight` → `model.layers.3.self_attn.q_proj.weight`. */
export function huggingFaceName(name: string, family: Family, path: string): string {
  const { layers, outside, inside } = NAMES[family];
  const [, layer, rest] = /^blk\.(\d+)\.(.+)$/.exec(name) ?? [];
  const found = (rest === undefined ? outside : inside).find(([gguf]) => gguf === (rest ?? name))?.[1];
  if (!found) throw unsupportedFile(path, `tensor ${name}: is not part of a ${family} model as this version knows it`);
  return rest === undefined ? found : `${layers}.${layer}.${found}`;
}

/** Translates a Hugging Face name: `model.norm.weight` → `output_norm.weight`. */
export function ggufName(name: string, family: Family, path: string): string {
  const { layers, outside, inside } = NAMES[family];
  const [, layer, rest] = name.startsWith(`${layers}.`)
    ? (/^(\d+)\.(.+)$/.exec(name.slice(layers.length + 1)) ?? [])
    : [];
  const found = (rest === undefined ? outside : inside).find(([, huggingFace]) => huggingFace === (rest ?? name))?.[0];
  if (!found) throw unsupportedFile(path, `tensor ${name}: has no place in a GGUF of a ${family} model`);
  return rest === undefined ? found : `blk.${layer}.${found}`;
}

/**
 * Whether a tensor of this Hugging Face name is stored as [in, out] in Hugging Face files, but as [out, in] in a GGUF.
 */
export function isConv1d(name: string, { family }: ModelConfig): boolean {
  return family === "gpt2" && /\.(c_attn|c_proj|c_fc)\.weight$/.test(name);
}

/** How many heads' rows a query or key projection of this Hugging Face name holds; undefined for other tensors. */
export function rotaryHeads(name: string, config: ModelConfig): number | undefined {
  if (name.endsWith(".q_proj.weight")) return config.heads;
  if (name.endsWith(".k_proj.weight")) return config.keyValueHeads;
  return undefined;
}

/**
 * Puts the rows of a query or key projection back into Hugging Face's order. llama.cpp rotates neighbouring pairs, so
 * its converter (LlamaModel.permute in convert_hf_to_gguf.py) interleaves the two halves of each head's rows.
 * `values`: [heads · headDim, columns].
 */
export function unpermuteRotary(values: Float32Array, heads: number, headDim: number): Float32Array {
  return reorderRows(values, heads, headDim, (row, half) => (row % half) * 2 + Math.floor(row / half));
}

/** Puts the rows of a query or key projection from Hugging Face's order into that of llama.cpp's converter. */
export function permuteRotary(values: Float32Array, heads: number, headDim: number): Float32Array {
  return reorderRows(values, heads, headDim, (row, half) => (row % 2) * half + Math.floor(row / 2));
}

function reorderRows(
  values: Float32Array,
  heads: number,
  headDim: number,
  sourceRow: (row: number, half: number) => number,
): Float32Array {
  const columns = values.length / (heads * headDim);
  const result = new Float32Array(values.length);
  for (let head = 0; head < heads; head++) {
    for (let row = 0; row < headDim; row++) {
      const from = (head * headDim + sourceRow(row, headDim / 2)) * columns;
      result.set(values.subarray(from, from + columns), (head * headDim + row) * columns);
    }
  }
  return result;
}
