import type { ModelConfig } from "./config";

/** Name and shape, as in Hugging Face files, of every tensor that a model of this configuration has. */
export function tensorShapes(config: ModelConfig): Map<string, number[]> {
  const shapes = new Map(config.family === "llama" ? llamaShapes(config) : gpt2Shapes(config));
  if (config.rewardHead) shapes.set("score.weight", [1, config.hiddenSize]);
  else if (!config.tieWordEmbeddings) shapes.set("lm_head.weight", [config.vocabSize, config.hiddenSize]);
  return shapes;
}

type Shape = [name: string, shape: number[]];

function llamaShapes(config: ModelConfig): Shape[] {
  const { vocabSize, hiddenSize, intermediateSize, heads, keyValueHeads, headDim } = config;
  const layer = (prefix: string): Shape[] => [
    [`${prefix}.input_layernorm.weight`, [hiddenSize]],
    [`${prefix}.self_attn.q_proj.weight`, [heads * headDim, hiddenSize]],
    [`${prefix}.self_attn.k_proj.weight`, [keyValueHeads * headDim, hiddenSize]],
    [`${prefix}.self_attn.v_proj.weight`, [keyValueHeads * headDim, hiddenSize]],
    [`${prefix}.self_attn.o_proj.weight`, [hiddenSize, heads * headDim]],
    [`${prefix}.post_attention_layernorm.weight`, [hiddenSize]],
    [`${prefix}.mlp.gate_proj.weight`, [intermediateSize, hiddenSize]],
    [`${prefix}.mlp.up_proj.weight`, [intermediateSize, hiddenSize]],
    [`${prefix}.mlp.down_proj.weight`, [hiddenSize, intermediateSize]],
  ];
  return [
    ["model.embed_tokens.weight", [vocabSize, hiddenSize]],
    ...Array.from({ length: config.layers }, (_, n) => layer(`model.layers.${n}`)).flat(),
    ["model.norm.weight", [hiddenSize]],
  ];
}

/** The shapes of GPT-2's tensors. Linear layers are Conv1D: [in, out]. */
function gpt2Shapes(config: ModelConfig): Shape[] {
  const { vocabSize, hiddenSize, intermediateSize, maxPositions } = config;
  const norm = (name: string): Shape[] => [
    [`${name}.weight`, [hiddenSize]],
    [`${name}.bias`, [hiddenSize]],
  ];
  const linear = (name: string, from: number, to: number): Shape[] => [
    [`${name}.weight`, [from, to]],
    [`${name}.bias`, [to]],
  ];
  const layer = (prefix: string): Shape[] => [
    ...norm(`${prefix}.ln_1`),
    ...linear(`${prefix}.attn.c_attn`, hiddenSize, 3 * hiddenSize),
    ...linear(`${prefix}.attn.c_proj`, hiddenSize, hiddenSize),
    ...norm(`${prefix}.ln_2`),
    ...linear(`${prefix}.mlp.c_fc`, hiddenSize, intermediateSize),
    ...linear(`${prefix}.mlp.c_proj`, intermediateSize, hiddenSize),
  ];
  return [
    ["transformer.wte.weight", [vocabSize, hiddenSize]],
    ["transformer.wpe.weight", [maxPositions, hiddenSize]],
    ...Array.from({ length: config.layers }, (_, n) => layer(`transformer.h.${n}`)).flat(),
    ...norm("transformer.ln_f"),
  ];
}
