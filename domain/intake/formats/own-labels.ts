import { z } from "zod";
import { Fault } from "../fault";
import type { IntakeItem } from "../items";
import type { RowFields } from "../row-fields";
import { readTurns, type Turn } from "../turns";
import type { Format } from "./format";

const completions = z.array(z.object({ id: z.string(), content: z.string(), finished: z.boolean().optional() }));
const id = z.string();
const ANSWERS = {
  comparison: z.object({
    outcome: z.enum(["chosen", "tie", "both_bad"]),
    ...{ chosenCompletionId: id.optional(), rejectedCompletionId: id.optional() },
    strength: z.enum(["significantly", "clearly", "slightly", "negligibly"]).optional(),
    margin: z.number().nullish(),
  }),
  ranking: z.object({ ranks: z.array(z.object({ completionId: id, rank: z.int().min(1) })) }),
  rating: z.object({ scores: z.array(z.object({ completionId: id, criterionId: id, score: z.int().min(1).max(5) })) }),
  demonstration: z.object({ content: z.string(), turns: z.array(z.unknown()).default([]) }),
};
const rubric = z.array(z.object({ id, name: z.string() }));

/** Ids and circumstances of a label: read so that they are not named as unknown. An import gives labels new ids and its own person. */
const ABOUT = ["labelId", "taskId", "promptId", "createdAt", "durationMs", "note", "flagged"];

/** What the page of labels exports: a label a line, with its task's completions and the answer by their ids. */
export const ownLabels: Format = {
  name: "Tuneloop's labels",
  matches: (row) => row.has("labelId") && row.has("kind") && row.given("completions"),
  read(row: RowFields) {
    for (const name of ABOUT) row.take(name);
    const kind = String(row.take("kind")?.value);
    const promptCell = row.take("prompt");
    if (!promptCell) throw new Fault("prompt", "is missing");
    const prompt = readTurns(promptCell, "user");
    const shown = check("completions", completions, row.take("completions")?.value);
    const turnsOf = (wanted: string | undefined): Turn[] => {
      const found = shown.find((one) => one.id === wanted);
      if (!found) throw new Fault(kind, `names a completion that is not among the row's completions`);
      return [
        { role: "assistant", content: found.content, ...(found.finished === false && { finished: false as const }) },
      ];
    };
    return {
      items: itemsOf(
        row,
        kind,
        prompt,
        shown.map((one) => one.id),
        turnsOf,
      ),
    };
  },
};

type Item = Pick<IntakeItem, "prompt" | "said">;

function itemsOf(
  row: RowFields,
  kind: string,
  prompt: Turn[],
  shown: string[],
  turnsOf: (id: string | undefined) => Turn[],
): Item[] {
  const value = row.take(kind)?.value;
  switch (kind) {
    case "comparison": {
      const { outcome, strength, margin, ...sides } = check(kind, ANSWERS.comparison, value);
      // A tie gives no pair; of two bad ones each is undesirable, as in a dataset version.
      if (outcome === "tie") return [{ prompt, said: { kind: "prompt" } }];
      if (outcome === "both_bad")
        return shown.map((one) => ({ prompt, said: { kind: "unpaired", completion: turnsOf(one), desirable: false } }));
      const [chosen, rejected] = [turnsOf(sides.chosenCompletionId), turnsOf(sides.rejectedCompletionId)];
      const more = { strength: strength ?? null, margin: margin ?? null };
      return [{ prompt, said: { kind: "comparison", chosen, rejected, ...more } }];
    }
    case "ranking": {
      const { ranks } = check(kind, ANSWERS.ranking, value);
      const ranked = ranks.map(({ completionId, rank }) => ({ turns: turnsOf(completionId), rank }));
      return [{ prompt, said: { kind: "ranking", completions: ranked } }];
    }
    case "rating": {
      const { scores } = check(kind, ANSWERS.rating, value);
      const criteria = check("rubric", rubric, row.take("rubric")?.value);
      const rated = shown.map((one) => ({
        turns: turnsOf(one),
        scores: criteria.flatMap((criterion) =>
          scores
            .filter(({ completionId, criterionId }) => completionId === one && criterionId === criterion.id)
            .map(({ score }) => ({ criterion: criterion.name, score })),
        ),
      }));
      return [{ prompt, said: { kind: "rating", completions: rated } }];
    }
    case "demonstration": {
      const { content, turns } = check(kind, ANSWERS.demonstration, value);
      const before = turns.length === 0 ? [] : readTurns({ field: `${kind}.turns`, value: turns }, "assistant");
      const completion: Turn[] = [{ role: "assistant", content }];
      return [{ prompt: [...prompt, ...before], said: { kind: "demonstration", completion } }];
    }
    default:
      throw new Fault("kind", `is ${JSON.stringify(kind)}; it must be one of ${Object.keys(ANSWERS).join(", ")}`);
  }
}

function check<Schema extends z.ZodType>(field: string, schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Fault([field, ...(issue?.path ?? [])].join("."), issue?.message ?? "is not valid");
}
