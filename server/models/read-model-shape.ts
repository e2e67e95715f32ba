import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { KNOWN_SHAPES } from "@/domain/models/known-shapes";
import type { ModelShape } from "@/domain/runs/model-shape";

const count = z.int().positive();
const llamaSchema = z.object({
  model_type: z.literal("llama"),
  num_hidden_layers: count,
  hidden_size: count,
  intermediate_size: count,
  num_attention_heads: count,
  num_key_value_heads: count.optional(),
  head_dim: count.nullish(),
  vocab_size: count,
  tie_word_embeddings: z.boolean().default(false),
});
const gpt2Schema = z.object({
  model_type: z.literal("gpt2"),
  n_layer: count,
  n_embd: count,
  n_inner: count.nullish(),
  n_head: count,
  vocab_size: count,
});
const configSchema = z.discriminatedUnion("model_type", [llamaSchema, gpt2Schema]);

/**
 * Reads the shape of a model by its catalogue name or folder; null where only the trainer can find out (a hub id, a
 * GGUF).
 */
export async function readModelShape(model: string): Promise<ModelShape | null> {
  const known = KNOWN_SHAPES[model];
  if (known) return known;
  if (!path.isAbsolute(model)) return null;
  const text = await readFile(path.join(model, "config.json"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw error;
  });
  const parsed = text === null ? null : configSchema.safeParse(JSON.parse(text));
  return parsed?.success ? shapeOf(parsed.data) : null;
}

function shapeOf(config: z.infer<typeof configSchema>): ModelShape {
  if (config.model_type === "gpt2") {
    const { n_layer: layers, n_embd: hiddenSize, n_head: heads, vocab_size: vocabSize } = config;
    return {
      layers,
      hiddenSize,
      heads,
      vocabSize,
      keyValueHeads: heads,
      headDim: hiddenSize / heads,
      intermediateSize: config.n_inner ?? 4 * hiddenSize,
      tieWordEmbeddings: true,
      gatedMlp: false,
    };
  }
  const heads = config.num_attention_heads;
  return {
    layers: config.num_hidden_layers,
    hiddenSize: config.hidden_size,
    intermediateSize: config.intermediate_size,
    heads,
    keyValueHeads: config.num_key_value_heads ?? heads,
    headDim: config.head_dim ?? config.hidden_size / heads,
    vocabSize: config.vocab_size,
    tieWordEmbeddings: config.tie_word_embeddings,
    gatedMlp: true,
  };
}
