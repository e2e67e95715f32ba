import { Fault } from "../fault";
import { isObject } from "../is-object";
import type { Said } from "../items";
import { readScore } from "../read-values";
import { hasValue, type RowFields } from "../row-fields";
import { readTurns } from "../turns";
import type { Format } from "./format";

type Rated = Extract<Said, { kind: "rating" }>["completions"];

/**
 * Reads UltraFeedback: an instruction with several completions, each rated from 1 to 5 on several aspects (Cui et al.
 * 2023, arXiv 2310.01377). An aspect on which some completion has no rating is left out, and named.
 */
export const ultraFeedback: Format = {
  name: "UltraFeedback",
  matches: (row) =>
    row.has("completions") && (row.has("instruction") || row.has("prompt")) && Array.isArray(row.peek("completions")),
  read(row: RowFields) {
    if (row.has("labels"))
      throw new Fault(
        "completions",
        "TRL's stepwise supervision (a label for each step) is not read; take prompt, completion and label of whole answers",
        true,
      );
    const prompt = readTurns(row.takeFirst("instruction", "prompt") ?? { field: "instruction", value: "" }, "user");
    const value = row.take("completions")?.value;
    const completions = Array.isArray(value) ? value : [];
    const read = completions.map((one: unknown, index) => readCompletion(row, `completions.${index}`, one));
    const everywhere = [...(read[0]?.scores.keys() ?? [])].filter((criterion) =>
      read.every(({ scores }) => scores.has(criterion)),
    );
    if (everywhere.length === 0)
      throw new Fault(
        "completions",
        "UltraFeedback's ratings from 1 to 5 (annotations.*.Rating) are not there for every completion",
      );
    for (const criterion of new Set(read.flatMap(({ scores }) => [...scores.keys()])))
      if (!everywhere.includes(criterion)) row.ignore(`completions[].annotations.${criterion}`);
    const rated: Rated = read.map(({ turns, scores }) => ({
      turns,
      scores: everywhere.map((criterion) => ({ criterion, score: scores.get(criterion) as number })),
    }));
    return { items: [{ prompt, said: { kind: "rating", completions: rated } }] };
  },
};

function readCompletion(row: RowFields, at: string, value: unknown) {
  if (!isObject(value)) throw new Fault(at, "must be an object with a response and its annotations");
  const { response, annotations, ...others } = value;
  if (typeof response !== "string") throw new Fault(`${at}.response`, "must be text");
  const turns = readTurns({ field: `${at}.response`, value: response }, "assistant");
  const scores = new Map<string, number>();
  for (const [aspect, said] of Object.entries(isObject(annotations) ? annotations : {})) {
    // Some releases hold a list for an aspect that is judged in several ways (truthfulness, instruction_following).
    const { Rating, ...rest } = isObject(said)
      ? said
      : ((Array.isArray(said) && isObject(said[0]) ? said[0] : {}) as Record<string, unknown>);
    const score = readScore({ field: `${at}.annotations.${aspect}.Rating`, value: Rating });
    if (score !== null) scores.set(aspect, score);
    for (const [key, text] of Object.entries(rest))
      if (hasValue(text)) row.ignore(`completions[].annotations.${aspect}.${key}`);
  }
  for (const [key, other] of Object.entries(others)) if (hasValue(other)) row.ignore(`completions[].${key}`);
  return { turns, scores };
}
