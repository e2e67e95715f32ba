import type { z } from "zod";
import { type FieldMeaning, fieldMeanings } from "@/domain/runs/field-meaning";
import { loraSchema } from "@/domain/runs/fields/lora";
import { safeLearningRate } from "@/domain/runs/range-warnings";
import { configSchemas, type Method } from "@/domain/runs/run-config";
import { PLACES, type ResolvedConfiguration } from "./resolve-configuration";

export interface ConfigurationField {
  /** As in RUN.json; inside `lora` with a dot. */
  key: string;
  title: string;
  value: number | string | boolean | null;
  type: "number" | "text" | "boolean" | "choice";
  options: string[] | null;
  meaning: string;
  group: FieldMeaning["group"];
  basic: boolean;
  unit: string | null;
  range: { min: number | null; max: number | null; why: string } | null;
  /** Why the default is what it is, where it was chosen for this data. */
  why: string | null;
}

/** The form of a method: every field with its meaning, its safe range, and the value that the run would use. */
export function describeConfiguration(
  method: Method,
  { values, reasons }: ResolvedConfiguration,
  fromAdapter: boolean,
): ConfigurationField[] {
  const lora = values.lora as Record<string, unknown> | undefined;
  const adapter = fromAdapter || lora !== undefined;
  const [low, high] = safeLearningRate(method, adapter);
  const fields = describeFields(configSchemas[method].shape, values, "").map((field) => ({
    ...field,
    range:
      field.key === "learningRate" || field.key === "policyLearningRate"
        ? { min: low, max: high, why: "the guide's range for this method" }
        : field.range,
    why: reasons.find((reason) => speaksOf(reason, field.key)) ?? null,
  }));
  // PPO refuses dropout.
  const { dropout: _dropout, ...withoutDropout } = loraSchema.shape;
  const adapterFields = method === "ppo" ? withoutDropout : loraSchema.shape;
  return fromAdapter ? fields : [...fields, ...describeFields(adapterFields, lora ?? {}, "lora.")];
}

const SPEAKS: Record<string, RegExp> = {
  batchSize: /^Batch/,
  epochs: /epochs:|passes over the prompts/,
  learningRate: /^Learning rate/,
  rolloutBatchSize: /prompts an iteration/,
  policyLearningRate: /^Policy learning rate/,
  klHorizon: /^KL horizon/,
};
const speaksOf = (reason: string, key: string) => SPEAKS[key]?.test(reason) ?? false;

function describeFields(
  shape: Record<string, z.ZodType>,
  values: Record<string, unknown>,
  prefix: string,
): ConfigurationField[] {
  const left: readonly string[] = [...PLACES, "method", "rewardFunctions", "suiteThresholds"]; // rewards are chosen apart
  return Object.entries(shape).flatMap(([key, schema]) => {
    const meaning = fieldMeanings.get(schema);
    if (!meaning || left.includes(key)) return [];
    return [describeField(prefix + key, schema, meaning, key === "lora" ? values.lora !== undefined : values[key])];
  });
}

function describeField(key: string, schema: z.ZodType, meaning: FieldMeaning, value: unknown): ConfigurationField {
  const kind = kindOf(schema);
  return {
    key,
    title: meaning.title,
    value: plain(value),
    ...(key === "lora" ? { type: "boolean" as const, options: null } : kind),
    meaning: meaning.meaning,
    group: meaning.group,
    basic: meaning.basic ?? false,
    unit: meaning.unit ?? null,
    range: meaning.safe
      ? { min: meaning.safe.min ?? null, max: meaning.safe.max ?? null, why: meaning.safe.why }
      : null,
    why: null,
  };
}

function plain(value: unknown): ConfigurationField["value"] {
  if (typeof value === "number" || typeof value === "string" || typeof value === "boolean") return value;
  return Array.isArray(value) ? value.join(", ") : null;
}

/** Looks through `optional` and `default` at what a value is. */
function kindOf(schema: z.ZodType): Pick<ConfigurationField, "type" | "options"> {
  const { def } = schema as z.ZodType & { def: { type: string; innerType?: z.ZodType; entries?: object } };
  if (def.innerType) return kindOf(def.innerType);
  if (def.type === "enum") return { type: "choice", options: Object.values(def.entries ?? {}) };
  if (def.type === "number" || def.type === "boolean") return { type: def.type, options: null };
  return { type: "text", options: null };
}
