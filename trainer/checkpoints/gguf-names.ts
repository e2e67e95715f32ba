import type { ModelConfig } from "../models/config";
import { unsupportedFile } from "./file-errors";

const OUTSIDE_LAYERS: Record<string, string> = {
  "token_embd.weight": "model.embed_tokens.weight",
  "output_norm.weight": "model.norm.weight",
  "output.weight": "lm_head.weight",
};

const INSIDE_LAYERS: Record<string, string> = {
  "attn_norm.weight": "input_layernorm.weight",
  "ffn_norm.weight": "post_attention_layernorm.weight",
  "attn_q.weight": "self_attn.q_proj.weight",
  "attn_k.weight": "self_attn.k_proj.weight",
  "attn_v.weight": "self_attn.v_proj.weight",
  "attn_output.weight": "self_attn.o_proj.weight",
  "ffn_gate.weight": "mlp.gate_proj.weight",
  "ffn_up.weight": "mlp.up_proj.weight",
  "ffn_down.weight": "mlp.down_proj.weight",
};

/** `blk.3.attn_q.weight` → `model.layers.3.self_attn.q_proj.weight`. */
export function huggingFaceName(name: string, path: string): string {
  const [, layer, rest] = /^blk\.(\d+)\.(.+)$/.exec(name) ?? [];
  const inside = rest === undefined ? undefined : INSIDE_LAYERS[rest];
  const found = inside ? `model.layers.${layer}.${inside}` : OUTSIDE_LAYERS[name];
  if (!found) throw unsupportedFile(path, `tensor ${name}: is not part of a Llama model as this version knows it`);
  return found;
}

/** How many heads' rows a query or key projection holds; undefined for other tensors. */
export function rotaryHeads(name: string, config: ModelConfig): number | undefined {
  if (name.endsWith(".attn_q.weight")) return config.heads;
  if (name.endsWith(".attn_k.weight")) return config.keyValueHeads;
  return undefined;
}

/**
 * Puts the rows of a query or key projection back into Hugging Face's order. llama.cpp rotates neighbouring pairs, so
 * its converter (LlamaModel.permute in convert_hf_to_gguf.py) interleaves the two halves of each head's rows.
 * `values`: [heads · headDim, columns].
 */
export function unpermuteRotary(values: Float32Array, heads: number, headDim: number): Float32Array {
  const columns = values.length / (heads * headDim);
  const half = headDim / 2;
  const result = new Float32Array(values.length);
  for (let head = 0; head < heads; head++) {
    for (let row = 0; row < headDim; row++) {
      const from = (head * headDim + (row % half) * 2 + Math.floor(row / half)) * columns;
      result.set(values.subarray(from, from + columns), (head * headDim + row) * columns);
    }
  }
  return result;
}
