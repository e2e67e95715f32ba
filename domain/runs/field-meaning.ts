import { z } from "zod";

/** The usual range: a value outside of it is allowed, but warned about by name. */
export type SafeRange = {
  min?: number;
  max?: number;
  why: string;
  /** The value to start anew from, where the whole range is too wide for that. */
  start?: readonly [number, number];
};

/**
 * What a person needs to know about one hyperparameter. The run form is generated from these texts, so they are written
 * for people.
 */
export type FieldMeaning = {
  title: string;
  meaning: string;
  /** The effect of leaving the key out; a phrase that goes on after "Left out:" (command line) or "Empty:" (form). */
  whenAbsent?: string;
  group: "data" | "model" | "optimisation" | "method" | "run";
  /** True where the form shows the field at once; the others stand behind "advanced". */
  basic?: boolean;
  safe?: SafeRange;
  unit?: string;
};

export const fieldMeanings = z.registry<FieldMeaning>();

/** Attaches a meaning to a field and gives the same field back, so that a schema still reads top to bottom. */
export function field<Schema extends z.ZodType>(schema: Schema, meaning: FieldMeaning): Schema {
  fieldMeanings.add(schema, meaning);
  return schema;
}
