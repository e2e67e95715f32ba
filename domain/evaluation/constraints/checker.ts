import { z } from "zod";

/** Whether a response keeps a constraint, with a sentence that says why. */
export interface Finding {
  holds: boolean;
  why: string;
}

/** A constraint that a program can verify: the fields that it takes, and the check of a response. */
export interface Checker<Kind extends string = string, Fields extends z.ZodRawShape = z.ZodRawShape> {
  kind: Kind;
  schema: z.ZodObject<{ kind: z.ZodLiteral<Kind> } & Fields, z.core.$strict>;
  check: (response: string, constraint: never) => Finding;
}

export function defineChecker<const Kind extends string, Fields extends z.ZodRawShape>(
  kind: Kind,
  fields: Fields,
  check: (response: string, constraint: z.infer<z.ZodObject<Fields>>) => Finding,
): Checker<Kind, Fields> {
  return { kind, schema: z.strictObject({ kind: z.literal(kind), ...fields }), check };
}

export const RELATIONS = ["at least", "at most", "less than", "exactly"] as const;
export type Relation = (typeof RELATIONS)[number];

/** A text in a constraint. A constraint that names nothing would hold for all responses. */
export const phrase = z.string().trim().min(1).max(500);
export const phrases = z.array(phrase).min(1).max(50);
export const count = z.int().min(0).max(100_000);
export const relation = z.enum(RELATIONS);

/** Compares what was found with what was asked, e.g. "The response has 12 words; at least 20 were asked." */
export function compareCount(found: number, relation: Relation, wanted: number, noun: string): Finding {
  const holds =
    relation === "at least"
      ? found >= wanted
      : relation === "at most"
        ? found <= wanted
        : relation === "less than"
          ? found < wanted
          : found === wanted;
  return { holds, why: `The response has ${found} of ${noun}; ${relation} ${wanted} was asked.` };
}
