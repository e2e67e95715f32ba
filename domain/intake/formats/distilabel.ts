import { Fault } from "../fault";
import { readScore } from "../read-values";
import { hasValue, type RowFields } from "../row-fields";
import { readTurns } from "../turns";
import type { Format } from "./format";

/** Reads distilabel's rows, in which a judge has rated several generations of one instruction from 1 to 5. */
export const distilabel: Format = {
  name: "distilabel ratings",
  matches: (row) =>
    Array.isArray(row.peek("generations")) &&
    Array.isArray(row.peek("ratings")) &&
    (row.has("instruction") || row.has("prompt")),
  read(row: RowFields) {
    const prompt = row.takeFirst("instruction", "prompt");
    const generations = row.take("generations")?.value as unknown[];
    const ratings = row.take("ratings")?.value as unknown[];
    if (generations.length !== ratings.length)
      throw new Fault("ratings", `has ${ratings.length} entries, and there are ${generations.length} generations`);
    const completions = generations.flatMap((text, index) => {
      const score = readScore({ field: `ratings.${index}`, value: ratings[index] });
      if (score === null || !hasValue(text)) {
        row.ignore("generations without a text or a rating");
        return [];
      }
      const turns = readTurns({ field: `generations.${index}`, value: text }, "assistant");
      return [{ turns, scores: [{ criterion: "Overall", score }] }];
    });
    if (!prompt || completions.length === 0) throw new Fault("ratings", "rate none of the generations");
    return { items: [{ prompt: readTurns(prompt, "user"), said: { kind: "rating", completions } }] };
  },
};
