import { z } from "zod";

/**
 * The forms in which a model leaves Tuneloop: the adapter alone as PEFT keeps it, the whole model (an adapter merged in)
 * as a Hugging Face folder, or one GGUF file for llama.cpp and what is built on it.
 */
export const EXPORT_FORMATS = ["peft", "safetensors", "gguf"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What weights are written in. Q8_0: eight bits a weight with a scale for each 32. */
export const WEIGHT_TYPES = ["F32", "F16", "BF16", "Q8_0"] as const;
export type WeightType = (typeof WEIGHT_TYPES)[number];

/** The types of each form; the first one is the default. */
export const TYPES_OF_FORMAT: Readonly<Record<ExportFormat, readonly WeightType[]>> = {
  peft: ["F32"],
  safetensors: ["F32", "F16", "BF16"],
  gguf: ["F16", "Q8_0", "F32", "BF16"],
};

export const exportFormatSchema = z.enum(EXPORT_FORMATS);
export const weightTypeSchema = z.enum(WEIGHT_TYPES);
