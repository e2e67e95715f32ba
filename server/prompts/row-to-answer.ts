import { z } from "zod";
import { type ComparisonStrength, STRENGTH_MARGIN } from "@/domain/labels/comparison";
import { demonstrationSchema } from "@/domain/labels/demonstration";
import { type Message, messageSchema } from "@/domain/messages";
import type { ImportIssue } from "./import-refused";

/** What stands beside a prompt in the file: it becomes a label of this kind. */
export type ImportedAnswer =
  | { kind: "demonstration"; content: string }
  | { kind: "comparison"; chosen: string; rejected: string; strength: ComparisonStrength };

export const ANSWER_FIELDS = ["completion", "output", "chosen", "rejected", "strength", "margin"] as const;

/** A pair of which nothing more is said: better beyond doubt, by how much is unknown. */
const UNSAID_STRENGTH: ComparisonStrength = "clearly";
const STRENGTHS = Object.keys(STRENGTH_MARGIN) as ComparisonStrength[];

const answerText = demonstrationSchema.shape.content;
const answerSchema = z.union(
  [answerText, z.array(messageSchema).transform(onlyAnswer).pipe(answerText)],
  'must be text, or a list of one message of role "assistant"',
);
const strengthSchema = z.enum(STRENGTHS, `must be one of ${STRENGTHS.join(", ")}`);
const marginSchema = z.coerce.number("must be a number from 0 to 1").min(0).max(1);

function onlyAnswer(messages: Message[], context: z.RefinementCtx): string {
  const [message, second] = messages;
  if (message?.role === "assistant" && !second) return message.content;
  context.addIssue({ code: "custom", message: "is not one message of the assistant" });
  return z.NEVER;
}

/** The answer in a row's fields, null where there is none, or what is wrong with it. */
export function rowToAnswer(fields: Record<string, unknown>): ImportedAnswer | null | Omit<ImportIssue, "line"> {
  const given = ANSWER_FIELDS.filter((name) => ![undefined, null, ""].includes(fields[name] as null));
  const [first, second] = given.filter((name) => name === "completion" || name === "output");
  const pair = given.filter((name) => name === "chosen" || name === "rejected");
  if (second) return { field: second, message: `goes without "${first}": one of them is the answer` };
  if (first && pair[0]) return { field: pair[0], message: `goes without "${first}": a row is an answer or a pair` };
  if (first) return readAnswer(fields, first, (content) => ({ kind: "demonstration", content }));
  if (pair.length === 0) return null;
  if (pair.length === 1) return { field: pair[0] as string, message: 'a pair needs both "chosen" and "rejected"' };
  return readAnswer(fields, "chosen", (chosen) =>
    readAnswer(fields, "rejected", (rejected) => {
      if (chosen === rejected) return { field: "rejected", message: 'says the same as "chosen"' };
      const strength = readStrength(fields, given);
      return typeof strength === "string" ? { kind: "comparison", chosen, rejected, strength } : strength;
    }),
  );
}

type Read = ImportedAnswer | Omit<ImportIssue, "line">;

function readAnswer(fields: Record<string, unknown>, field: string, make: (content: string) => Read): Read {
  const read = answerSchema.safeParse(fields[field]);
  if (!read.success) return { field, message: read.error.issues[0]?.message ?? "is not valid" };
  if (/\0|\p{Surrogate}/u.test(read.data))
    return { field, message: "holds a NUL character or half of a surrogate pair" };
  return make(read.data);
}

/** By name, or by the margin that a record of a dataset version has (the nearest of the four). */
function readStrength(
  fields: Record<string, unknown>,
  given: readonly string[],
): ComparisonStrength | Omit<ImportIssue, "line"> {
  if (given.includes("strength")) {
    const named = strengthSchema.safeParse(fields.strength);
    return named.success
      ? named.data
      : { field: "strength", message: named.error.issues[0]?.message ?? "is not valid" };
  }
  if (!given.includes("margin")) return UNSAID_STRENGTH;
  const margin = marginSchema.safeParse(fields.margin);
  if (!margin.success) return { field: "margin", message: margin.error.issues[0]?.message ?? "is not valid" };
  const distance = (strength: ComparisonStrength) => Math.abs(STRENGTH_MARGIN[strength] - margin.data);
  return STRENGTHS.toSorted((a, b) => distance(a) - distance(b))[0] as ComparisonStrength;
}
