import { z } from "zod";

/** Outside this range a value is allowed, but warned about by name. */
export type SafeRange = {
  min?: number;
  max?: number;
  why: string;
  /** Where to start anew from, where the whole range is too wide for that. */
  start?: readonly [number, number];
};

/** What a person needs to know about one hyperparameter. The run form is generated from these, so they are written for people. */
export type FieldMeaning = {
  title: string;
  meaning: string;
  /** What happens where the key is not given; a phrase that goes on after "Left out:" (command line) or "Empty:" (form). */
  whenAbsent?: string;
  group: "data" | "model" | "optimisation" | "method" | "run";
  /** Shown at once; the others sit behind "advanced". */
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
