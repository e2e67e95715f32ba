import { z } from "zod";
import type { Finding } from "./checker";
import { contentCheckers } from "./content-checkers";
import { formCheckers } from "./form-checkers";
import { lengthCheckers } from "./length-checkers";

/**
 * All constraints that can be verified. They follow the idea of IFEval (Zhou et al. 2023, arXiv 2311.07911): a request
 * asks for what a program can check, so that no judge is needed. Checkers and texts are this project's own.
 */
export const CHECKERS = [...lengthCheckers, ...contentCheckers, ...formCheckers] as const;
export type Constraint = z.infer<(typeof CHECKERS)[number]["schema"]>;
export type ConstraintKind = Constraint["kind"];

type Schemas = [(typeof CHECKERS)[number]["schema"], ...(typeof CHECKERS)[number]["schema"][]];
export const constraintSchema = z.discriminatedUnion(
  "kind",
  CHECKERS.map(({ schema }) => schema) as unknown as Schemas,
) as unknown as z.ZodType<Constraint>;

const byKind = new Map<string, (response: string, constraint: never) => Finding>(
  CHECKERS.map(({ kind, check }) => [kind, check]),
);

export interface ConstraintVerdict {
  kind: ConstraintKind;
  /** Whether the response as it stands keeps the constraint. */
  strict: boolean;
  /** Whether the response or one of its loose forms keeps it. */
  loose: boolean;
  why: string;
}

/**
 * Checks a response against constraints. An empty response keeps none. Loose, as IFEval has it, takes the best of eight
 * forms: with and without the first line, the last line, and asterisks, so that "Sure, here it is:" does not count.
 */
export function checkConstraints(response: string, constraints: readonly Constraint[]): ConstraintVerdict[] {
  const forms = looseForms(response);
  return constraints.map((constraint) => {
    const found = checkOne(response, constraint);
    const loose = found.holds || forms.some((form) => checkOne(form, constraint).holds);
    return { kind: constraint.kind, strict: found.holds, loose, why: found.why };
  });
}

function checkOne(response: string, constraint: Constraint): Finding {
  if (response.trim() === "") return { holds: false, why: "The response is empty." };
  const check = byKind.get(constraint.kind);
  if (!check) throw new Error(`There is no checker of the kind ${constraint.kind}.`);
  return check(response, constraint as never);
}

/** Gives the seven other forms of a response. */
export function looseForms(response: string): string[] {
  const lines = response.split("\n");
  const cut = [lines.slice(1), lines.slice(0, -1), lines.slice(1, -1)].map((kept) => kept.join("\n").trim());
  return [...cut, ...[response, ...cut].map((text) => text.replaceAll("*", ""))];
}
