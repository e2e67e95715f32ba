import { Argument, type Command } from "commander";
import { z } from "zod";
import { fieldMeanings } from "@/domain/runs/field-meaning";
import { METHODS, type Method, methodOf } from "@/domain/runs/methods";
import { explain, paragraph } from "./help";

/** One key of RUN.json, as the form of a run also knows it. */
export type RunKey = {
  /** Name of the key; a key inside an object is written with a dot: `lora.rank`. */
  key: string;
  title: string;
  meaning: string;
  unit: string | null;
  /** The values that the key may have, in words. */
  values: string;
  /** The default value; null if the key must be given or is chosen from data and device. */
  default: unknown;
  usual: { min?: number | undefined; max?: number | undefined; why: string } | null;
};

export function addKeysCommand(program: Command): void {
  const command = program
    .command("keys")
    .description("every key of RUN.json for a method: what it means, its default and its usual range")
    .addArgument(new Argument("<method>", "of the run").choices(METHODS))
    .option("--json", "as one JSON object a key")
    .action((method: Method, { json }: { json?: boolean }) => {
      for (const key of keysOf(method)) process.stdout.write(`${json ? JSON.stringify(key) : describe(key)}\n`);
    });
  explain(command, {
    reads: "nothing",
    writes: "a paragraph a key, or a JSON line: {key, title, meaning, unit, values, default, usual: {min, max, why}}",
    examples: ["keys dpo", "keys ppo --json"],
  });
}

/** The keys in the order of the schema; the keys inside an object follow after the object. */
export function keysOf(method: Method): RunKey[] {
  return keysIn(methodOf(method).schema.shape as Record<string, z.ZodType>, "");
}

function keysIn(shape: Record<string, z.ZodType>, prefix: string): RunKey[] {
  return Object.entries(shape).flatMap(([name, schema]) => {
    const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
    const nested =
      inner instanceof z.ZodObject ? keysIn(inner.shape as Record<string, z.ZodType>, `${prefix}${name}.`) : [];
    const meaning = fieldMeanings.get(schema);
    if (!meaning) return nested; // the key `method` itself
    const said = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
    const { title, unit = null, safe = null } = meaning;
    const key = {
      key: prefix + name,
      title,
      meaning: [meaning.meaning, meaning.whenAbsent && `If omitted: ${meaning.whenAbsent}`].filter(Boolean).join(" "),
      unit,
      values: valuesOf(said),
    };
    return [
      { ...key, default: said.default ?? null, usual: safe && { min: safe.min, max: safe.max, why: safe.why } },
      ...nested,
    ];
  });
}

/** Describes the values that a schema allows. Bounds that only say what a number in JavaScript can be are left out. */
function valuesOf({ type, enum: choices, const: only, ...bounds }: z.core.JSONSchema.BaseSchema): string {
  if (choices) return choices.map((one) => JSON.stringify(one)).join(" | ");
  if (only !== undefined) return JSON.stringify(only);
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = bounds;
  const limits = [
    minimum === undefined ? "" : `at least ${minimum}`,
    exclusiveMinimum === undefined ? "" : `above ${exclusiveMinimum}`,
    maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? "" : `at most ${maximum}`,
    exclusiveMaximum === undefined ? "" : `below ${exclusiveMaximum}`,
  ].filter(Boolean);
  const kind = { integer: "whole number", boolean: "true | false", array: "list", string: "text" }[String(type)];
  return [kind ?? type ?? "see the meaning", ...limits].join(", ");
}

function describe({ key, meaning, unit, values, default: preset, usual }: RunKey): string {
  const { min, max, why } = usual ?? { why: "" };
  const range =
    min !== undefined && max !== undefined ? `${min}–${max}` : min !== undefined ? `${min} or more` : `${max} or less`;
  const facts = [
    `${values}${unit ? ` (${unit})` : ""}`,
    ...(preset === null ? [] : [`default ${JSON.stringify(preset)}`]),
    ...(usual ? [`usually ${range}: ${why}`] : []),
  ];
  return `${key}\n${paragraph("", meaning)}\n${paragraph("", facts.join("; "))}`;
}
