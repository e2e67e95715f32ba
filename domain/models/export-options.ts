import { z } from "zod";

/**
 * The forms in which a model leaves Tuneloop: the adapter alone as PEFT keeps it, the whole model (an adapter merged in)
 * as a Hugging Face folder, or one GGUF file for llama.cpp and what is built on it.
 */
export const EXPORT_FORMATS = ["peft", "safetensors", "gguf"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The types in which weights are written. Q8_0 takes eight bits a weight, with a scale for each 32. */
export const WEIGHT_TYPES = ["F32", "F16", "BF16", "Q8_0"] as const;
export type WeightType = (typeof WEIGHT_TYPES)[number];

/** The types of each form, of which the first is the default. */
export const TYPES_OF_FORMAT: Readonly<Record<ExportFormat, readonly WeightType[]>> = {
  peft: ["F32"],
  safetensors: ["F32", "F16", "BF16"],
  gguf: ["F16", "Q8_0", "F32", "BF16"],
};

export const exportFormatSchema = z.enum(EXPORT_FORMATS);
export const weightTypeSchema = z.enum(WEIGHT_TYPES);

/** A form that a model can be downloaded in. */
export interface ExportVariant {
  format: ExportFormat;
  type: WeightType;
  title: string;
  meaning: string;
}

const ADAPTER: ExportVariant = {
  format: "peft",
  type: "F32",
  title: "Adapter",
  meaning: "A small folder with only the trained weights; PEFT applies it to the base.",
};
const WHOLE_MODELS: readonly ExportVariant[] = [
  {
    format: "safetensors",
    type: "F32",
    title: "Whole model, full precision",
    meaning: "A folder for transformers, in float32.",
  },
  {
    format: "safetensors",
    type: "BF16",
    title: "Whole model, bfloat16",
    meaning: "A folder for transformers, at half the size of full precision.",
  },
];
const GGUFS: readonly ExportVariant[] = [
  {
    format: "gguf",
    type: "F16",
    title: "GGUF F16",
    meaning: "One file for llama.cpp, Ollama and LM Studio, at 16 bits per weight.",
  },
  {
    format: "gguf",
    type: "Q8_0",
    title: "GGUF Q8_0",
    meaning: "One file for llama.cpp, Ollama and LM Studio, at 8 bits per weight: half the size and nearly as exact.",
  },
];

/**
 * Lists the forms of a model. An adapter can be written alone or merged into its base; a reward model can't be a GGUF.
 */
export function exportVariants(model: { isAdapter: boolean; isReward: boolean }): ExportVariant[] {
  return [...(model.isAdapter ? [ADAPTER] : []), ...WHOLE_MODELS, ...(model.isReward ? [] : GGUFS)];
}
