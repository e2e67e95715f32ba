import type { z } from "zod";
import { type FieldMeaning, fieldMeanings } from "@/domain/runs/field-meaning";
import { loraSchema } from "@/domain/runs/fields/lora";
import { safeLearningRate } from "@/domain/runs/range-warnings";
import { configSchemas, type Method } from "@/domain/runs/run-config";
import { PLACES, type ResolvedConfiguration } from "./resolve-configuration";

export interface ConfigurationField {
  /** As in RUN.json; inside an object (`lora`, `suiteThresholds`) with a dot. */
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
  klLookahead: /^KL look-ahead/,
};
const speaksOf = (reason: string, key: string) => SPEAKS[key]?.test(reason) ?? false;

function describeFields(
  shape: Record<string, z.ZodType>,
  values: Record<string, unknown>,
  prefix: string,
): ConfigurationField[] {
  const left: readonly string[] = [...PLACES, "method", "rewardFunctions"]; // rewards are chosen apart
  return Object.entries(shape).flatMap(([key, schema]) => {
    const meaning = fieldMeanings.get(schema);
    if (!meaning || left.includes(key)) return [];
    const { keys, value: one } = entriesOf(schema) ?? {};
    if (keys && one) {
      const given = (values[key] ?? {}) as Record<string, unknown>;
      return keys.map((name) =>
        describeField(`${prefix}${key}.${name}`, one, { ...meaning, title: `${meaning.title}, ${name}` }, given[name]),
      );
    }
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

type Definition = {
  type: string;
  innerType?: z.ZodType;
  entries?: object;
  keyType?: z.ZodType;
  valueType?: z.ZodType;
};

/** Looks through `optional` and `default`. */
function definitionOf(schema: z.ZodType): Definition {
  const { def } = schema as z.ZodType & { def: Definition };
  return def.innerType ? definitionOf(def.innerType) : def;
}

/** Of a record whose keys are known: a field for each of them. */
function entriesOf(schema: z.ZodType): { keys: string[]; value: z.ZodType } | null {
  const { keyType, valueType } = definitionOf(schema);
  const names = keyType && definitionOf(keyType).entries;
  return names && valueType ? { keys: Object.values(names), value: valueType } : null;
}

function kindOf(schema: z.ZodType): Pick<ConfigurationField, "type" | "options"> {
  const def = definitionOf(schema);
  if (def.type === "enum") return { type: "choice", options: Object.values(def.entries ?? {}) };
  if (def.type === "number" || def.type === "boolean") return { type: def.type, options: null };
  return { type: "text", options: null };
}
