import type { z } from "zod";
import { type FieldMeaning, fieldMeanings, type SafeRange } from "@/domain/runs/field-meaning";
import { loraSchema } from "@/domain/runs/fields/lora";
import { type Method, methodOf } from "@/domain/runs/methods";
import { hyperparameterFields } from "@/domain/runs/run-config";
import type { Reason } from "@/domain/runs/run-remarks";
import { safeRangeOf, usualLearningRates } from "@/domain/runs/safe-ranges";
import type { ResolvedConfiguration } from "./resolve-configuration";

export interface ConfigurationField {
  /** The key as in RUN.json; inside an object (`lora`, `suiteThresholds`) with a dot. */
  key: string;
  title: string;
  value: number | string | boolean | null;
  type: "number" | "text" | "boolean" | "choice";
  options: string[] | null;
  meaning: string;
  /** The effect of an empty (or unticked) field, as a phrase. */
  whenAbsent: string | null;
  group: FieldMeaning["group"];
  basic: boolean;
  unit: string | null;
  range: { min: number | null; max: number | null; why: string } | null;
  /** The reason for the default, where it was chosen for this data. */
  why: string | null;
}

/**
 * Describes the form of a method: every field with its meaning, its safe range, and the value that the run would use.
 * @param data how many demonstrations the labels give to train on: without any, none can be mixed in
 */
export function describeConfiguration(
  method: Method,
  { values, reasons }: ResolvedConfiguration,
  fromAdapter: boolean,
  { demonstrations }: { demonstrations: number },
): ConfigurationField[] {
  const { lora } = values;
  const { schema, notOffered = [] } = methodOf(method);
  const known = new Map(usualLearningRates(method, fromAdapter || lora !== undefined).map((rate) => [rate.key, rate]));
  const own = describeFields(hyperparameterFields(schema), values).map((field) => {
    const rate = known.get(field.key);
    const range = rate
      ? { min: rate.low, max: rate.high, why: rate.rate.source }
      : asRange(safeRangeOf(method, field.key, values));
    return { ...field, range: range ?? field.range };
  });
  const fields = fromAdapter ? own : [...own, ...describeFields(loraSchema.shape, lora ?? {}, "lora.")];
  return fields
    .filter(({ key }) => !notOffered.includes(key))
    .filter(({ key }) => demonstrations > 0 || !NEEDS_DEMONSTRATIONS.includes(key))
    .map((field) => ({ ...field, why: reasonsOf(field.key, reasons) }));
}

/** The keys that mix in the dataset version's own demonstrations; the web app has no other source. */
const NEEDS_DEMONSTRATIONS = ["sftMixRatio", "auxiliaryCoefficient"];

const reasonsOf = (key: string, reasons: readonly Reason[]): string | null =>
  reasons
    .filter(({ field }) => field === key)
    .map(({ text }) => text)
    .join(" ") || null;

const asRange = (safe: SafeRange | undefined): ConfigurationField["range"] =>
  safe ? { min: safe.min ?? null, max: safe.max ?? null, why: safe.why } : null;

function describeFields(shape: Record<string, z.ZodType>, given: object, prefix = ""): ConfigurationField[] {
  const values = given as Readonly<Record<string, unknown>>;
  const left: readonly string[] = ["method", "rewardFunctions"]; // rewards are chosen apart from the form
  return Object.entries(shape).flatMap(([key, schema]) => {
    const meaning = fieldMeanings.get(schema);
    if (!meaning || left.includes(key)) return [];
    const { keys, value: one } = entriesOf(schema) ?? {};
    if (keys && one) {
      const entries = (values[key] ?? {}) as Record<string, unknown>;
      return keys.map((name) =>
        describeField(
          `${prefix}${key}.${name}`,
          one,
          { ...meaning, title: `${meaning.title}, ${name}` },
          entries[name],
        ),
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
    whenAbsent: meaning.whenAbsent ?? null,
    group: meaning.group,
    basic: meaning.basic ?? false,
    unit: meaning.unit ?? null,
    range: asRange(meaning.safe),
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

/** Makes a field for each key of a record whose keys are known. */
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
