import * as tf from "@tensorflow/tfjs";
import { geluNew } from "./activations";
import type { ModelConfig } from "./config";
import type { Family } from "./family";
import { applyLinear, type Linear, rowsAt } from "./linear";
import { layerNorm } from "./normalization";
import type { Parameter } from "./parameter";
import type { WeightSource } from "./weight-source";

interface Norm {
  gain: Parameter;
  bias: Parameter;
}

interface Block {
  attentionNorm: Norm;
  qkv: Linear;
  output: Linear;
  feedForwardNorm: Norm;
  up: Linear;
  down: Linear;
}

/** GPT-2 (Radford et al. 2019): LayerNorm, learned positions, full attention, GELU, biases, Conv1D weights [in, out]. */
export function createGpt2(config: ModelConfig, source: WeightSource): Family {
  const { hiddenSize, intermediateSize, vocabSize, maxPositions, normEpsilon } = config;
  const linear = (name: string, inSize: number, out: number): Linear => ({
    weight: source.takeTransposed(`${name}.weight`, [inSize, out]),
    bias: source.take({ name: `${name}.bias`, shape: [out] }),
    inSize,
    parts: [{ name, target: name.slice(name.lastIndexOf(".") + 1), out, lora: null }],
  });
  const norm = (name: string): Norm => ({
    gain: source.take({ name: `${name}.weight`, shape: [hiddenSize] }),
    bias: source.take({ name: `${name}.bias`, shape: [hiddenSize] }),
  });
  const normed = (h: tf.Tensor2D, { gain, bias }: Norm) =>
    layerNorm(h, gain.value as tf.Tensor1D, bias.value as tf.Tensor1D, normEpsilon);

  const embedding = source.take({ name: "transformer.wte.weight", shape: [vocabSize, hiddenSize] });
  const places = source.take({ name: "transformer.wpe.weight", shape: [maxPositions, hiddenSize] });
  const blocks = Array.from({ length: config.layers }, (_, layer): Block => {
    const prefix = `transformer.h.${layer}`;
    return {
      attentionNorm: norm(`${prefix}.ln_1`),
      qkv: linear(`${prefix}.attn.c_attn`, hiddenSize, 3 * hiddenSize),
      output: linear(`${prefix}.attn.c_proj`, hiddenSize, hiddenSize),
      feedForwardNorm: norm(`${prefix}.ln_2`),
      up: linear(`${prefix}.mlp.c_fc`, hiddenSize, intermediateSize),
      down: linear(`${prefix}.mlp.c_proj`, intermediateSize, hiddenSize),
    };
  });
  const lastNorm = norm("transformer.ln_f");
  const score = config.rewardHead ? source.take({ name: "score.weight", shape: [1, hiddenSize] }) : null;
  const head = config.rewardHead
    ? null
    : config.tieWordEmbeddings
      ? embedding
      : source.take({ name: "lm_head.weight", shape: [vocabSize, hiddenSize] });
  source.drop("lm_head.weight");

  return {
    linears: blocks.flatMap(({ qkv, output, up, down }) => [qkv, output, up, down]),
    parameters: source.parameters,
    head,
    score,
    embed: (ids, positions) =>
      tf.add(tf.gather(embedding.value, ids), tf.gather(places.value, positions)) as tf.Tensor2D,
    block(h, layer, attend, use, at) {
      const { attentionNorm, qkv, output, feedForwardNorm, up, down } = blocks[layer]!;
      const mixed = attend(layer, applyLinear(normed(h, attentionNorm), qkv, use));
      const attended = applyLinear(rowsAt(mixed, at), output, use, { residual: rowsAt(h, at) });
      const inner = geluNew(applyLinear(normed(attended, feedForwardNorm), up, use));
      return applyLinear(inner, down, use, { residual: attended });
    },
    blockParameters(layer) {
      const { attentionNorm, qkv, output, feedForwardNorm, up, down } = blocks[layer]!;
      const linears = [qkv, output, up, down];
      const norms = [attentionNorm, feedForwardNorm].flatMap(({ gain, bias }) => [gain, bias]);
      return {
        linears,
        parameters: [...norms, ...linears.flatMap(({ weight, bias }) => (bias ? [weight, bias] : [weight]))],
      };
    },
    finalNorm: (h) => normed(h, lastNorm),
  };
}
