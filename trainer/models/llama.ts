import * as tf from "@tensorflow/tfjs";
import { swiglu, swigluRemake } from "./activations";
import type { ModelConfig } from "./config";
import type { Family } from "./family";
import { applyLinear, type Linear, rowsAt } from "./linear";
import { rmsNormBranch } from "./normalization";
import type { Parameter } from "./parameter";
import type { WeightSource } from "./weight-source";

interface Block {
  attentionNorm: Parameter;
  qkv: Linear;
  output: Linear;
  feedForwardNorm: Parameter;
  gateUp: Linear;
  down: Linear;
}

/** Llama (Touvron et al. 2023): RMSNorm, rotary positions, grouped-query attention, SwiGLU, no biases. */
export function createLlama(config: ModelConfig, source: WeightSource): Family {
  const { hiddenSize, intermediateSize, heads, keyValueHeads, headDim, vocabSize, normEpsilon } = config;
  const linear = (prefix: string, inSize: number, outputs: Record<string, number>): Linear => {
    const parts = Object.entries(outputs).map(([target, out]) => ({
      name: `${prefix}.${target}`,
      target,
      out,
      lora: null,
    }));
    const weight = source.take(...parts.map(({ name, out }) => ({ name: `${name}.weight`, shape: [out, inSize] })));
    return { weight, bias: null, inSize, parts };
  };
  const norm = (name: string) => source.take({ name: `${name}.weight`, shape: [hiddenSize] });
  const keyValues = keyValueHeads * headDim;

  const embedding = source.take({ name: "model.embed_tokens.weight", shape: [vocabSize, hiddenSize] });
  const blocks = Array.from({ length: config.layers }, (_, layer): Block => {
    const prefix = `model.layers.${layer}`;
    return {
      attentionNorm: norm(`${prefix}.input_layernorm`),
      qkv: linear(`${prefix}.self_attn`, hiddenSize, { q_proj: heads * headDim, k_proj: keyValues, v_proj: keyValues }),
      output: linear(`${prefix}.self_attn`, heads * headDim, { o_proj: hiddenSize }),
      feedForwardNorm: norm(`${prefix}.post_attention_layernorm`),
      gateUp: linear(`${prefix}.mlp`, hiddenSize, { gate_proj: intermediateSize, up_proj: intermediateSize }),
      down: linear(`${prefix}.mlp`, intermediateSize, { down_proj: hiddenSize }),
    };
  });
  const lastNorm = norm("model.norm");
  const score = config.rewardHead ? source.take({ name: "score.weight", shape: [1, hiddenSize] }) : null;
  const head = config.rewardHead
    ? null
    : config.tieWordEmbeddings
      ? embedding
      : source.take({ name: "lm_head.weight", shape: [vocabSize, hiddenSize] });
  // A head in the file is a second copy of tied embeddings, or belongs to no part of a reward model.
  source.drop("lm_head.weight");

  return {
    linears: blocks.flatMap(({ qkv, output, gateUp, down }) => [qkv, output, gateUp, down]),
    parameters: source.parameters,
    head,
    score,
    embed: (ids) => tf.gather(embedding.value, ids) as tf.Tensor2D,
    block(h, layer, attend, use, at) {
      const { attentionNorm, qkv, output, feedForwardNorm, gateUp, down } = blocks[layer]!;
      const before = rmsNormBranch(h, attentionNorm.value as tf.Tensor1D, normEpsilon);
      const mixed = attend(layer, applyLinear(before.normalized, qkv, use, { remake: before.remake }));
      const attended = applyLinear(rowsAt(mixed, at), output, use, { residual: rowsAt(before.same, at) });
      const between = rmsNormBranch(attended, feedForwardNorm.value as tf.Tensor1D, normEpsilon);
      const gated = applyLinear(between.normalized, gateUp, use, { remake: between.remake });
      return applyLinear(swiglu(gated), down, use, { residual: between.same, remake: swigluRemake(gated) });
    },
    blockParameters(layer) {
      const { attentionNorm, qkv, output, feedForwardNorm, gateUp, down } = blocks[layer]!;
      const linears = [qkv, output, gateUp, down];
      return { linears, parameters: [attentionNorm, feedForwardNorm, ...linears.map(({ weight }) => weight)] };
    },
    finalNorm: (h) => rmsNormBranch(h, lastNorm.value as tf.Tensor1D, normEpsilon).normalized,
  };
}
