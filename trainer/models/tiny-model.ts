import path from "node:path";
import { createRandom } from "../engine/random";
import { writeModelFolder } from "../file-formats/model-folder";
import type { NamedTensor } from "../file-formats/tensor-file";
import { createTokenizer } from "../tokenizer/create-tokenizer";
import { parseModelConfig } from "./config";
import {
  TINY_CHAT_TEMPLATE,
  TINY_CONTROL_TOKENS,
  TINY_END_OF_TURN,
  TINY_PADDING,
  TINY_TOKENS,
  tinyTokenizerFiles,
} from "./tiny-model-tokenizer";

/** Must be raised with any change of the weights or the tokenizer, so that caches make the model anew. */
export const TINY_VERSION = 1;

const HIDDEN = 64;
const INTERMEDIATE = 128;
const LAYERS = 2;
const HEADS = 4;
const KEY_VALUE_HEADS = 2;
const HEAD_DIM = 16;

/**
 * A Llama of 140 thousand parameters with random weights, for tests and for trying the loop in seconds. Random logits
 * alone would give unreadable bytes, so the first hidden dimension is a constant that the head turns into a bias a
 * token: words and letters are likely, broken bytes and control tokens are not, and a turn ends after some 30 tokens.
 */
export async function writeTinyModel(folder: string): Promise<void> {
  const config = parseModelConfig(TINY_CONFIG, path.join(folder, "config.json"));
  await writeModelFolder(folder, {
    config,
    tensors: tinyTensors(),
    tokenizer: createTokenizer(tinyTokenizerFiles(), folder),
    chatTemplate: TINY_CHAT_TEMPLATE,
    generationConfig: null,
  });
}

const TINY_CONFIG = {
  architectures: ["LlamaForCausalLM"],
  attention_bias: false,
  attention_dropout: 0,
  bos_token_id: null,
  dtype: "float32",
  eos_token_id: TINY_END_OF_TURN,
  head_dim: HEAD_DIM,
  hidden_act: "silu",
  hidden_size: HIDDEN,
  initializer_range: 0.08,
  intermediate_size: INTERMEDIATE,
  max_position_embeddings: 1024,
  mlp_bias: false,
  model_type: "llama",
  num_attention_heads: HEADS,
  num_hidden_layers: LAYERS,
  num_key_value_heads: KEY_VALUE_HEADS,
  pad_token_id: TINY_PADDING,
  rms_norm_eps: 1e-5,
  rope_parameters: { rope_theta: 10000, rope_type: "default" },
  tie_word_embeddings: false,
  use_cache: true,
  vocab_size: TINY_TOKENS.length,
};

type Tensors = Map<string, Pick<NamedTensor, "shape" | "data">>;

function tinyTensors(): Tensors {
  const { normal } = createRandom(7);
  const tensors: Tensors = new Map();
  const random = (name: string, rows: number, columns: number, deviation: number) => {
    const data = Float32Array.from({ length: rows * columns }, () => normal() * deviation);
    tensors.set(name, { shape: [rows, columns], data });
    return data;
  };
  const ones = (name: string) => tensors.set(name, { shape: [HIDDEN], data: new Float32Array(HIDDEN).fill(1) });

  const embeddings = random("model.embed_tokens.weight", TINY_TOKENS.length, HIDDEN, 0.3);
  for (let token = 0; token < TINY_TOKENS.length; token++) embeddings[token * HIDDEN] = CONSTANT;
  for (let layer = 0; layer < LAYERS; layer++) {
    const inLayer = (name: string) => `model.layers.${layer}.${name}.weight`;
    ones(inLayer("input_layernorm"));
    ones(inLayer("post_attention_layernorm"));
    random(inLayer("self_attn.q_proj"), HEADS * HEAD_DIM, HIDDEN, 0.1);
    random(inLayer("self_attn.k_proj"), KEY_VALUE_HEADS * HEAD_DIM, HIDDEN, 0.1);
    random(inLayer("self_attn.v_proj"), KEY_VALUE_HEADS * HEAD_DIM, HIDDEN, 0.1);
    keepConstant(random(inLayer("self_attn.o_proj"), HIDDEN, HEADS * HEAD_DIM, 0.06));
    random(inLayer("mlp.gate_proj"), INTERMEDIATE, HIDDEN, 0.1);
    random(inLayer("mlp.up_proj"), INTERMEDIATE, HIDDEN, 0.1);
    keepConstant(random(inLayer("mlp.down_proj"), HIDDEN, INTERMEDIATE, 0.06));
  }
  ones("model.norm.weight");
  const head = random("lm_head.weight", TINY_TOKENS.length, HIDDEN, HEAD_DEVIATION);
  for (let token = 0; token < TINY_TOKENS.length; token++) {
    if (token === TINY_END_OF_TURN) head.fill(0, token * HIDDEN, (token + 1) * HIDDEN);
    head[token * HIDDEN] = biasOf(token) / CONSTANT_AFTER_NORM;
  }
  return tensors;
}

/** Nothing is written into the first dimension of the residual stream, so it stays what the embedding put there. */
function keepConstant(projection: Float32Array): void {
  projection.fill(0, 0, projection.length / HIDDEN);
}

const CONSTANT = 2;
/** Roughly the value that the final norm makes of CONSTANT: 2 ÷ the root mean square of a hidden state. */
const CONSTANT_AFTER_NORM = 3;
const HEAD_DEVIATION = 0.25;

/** The bias of a token's logit, before the random part. */
function biasOf(token: number): number {
  if (token === TINY_END_OF_TURN) return 4.7;
  if (token < TINY_CONTROL_TOKENS) return -12;
  const text = TINY_TOKENS[token]!;
  if (/^Ġ[a-zA-Z]{2,}$/.test(text)) return 1.5;
  if (/^Ġ?[a-zA-Z]+$/.test(text)) return 0;
  return /^[ -~Ċ]$/.test(text) ? -1.5 : -12;
}
