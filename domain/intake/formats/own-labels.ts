import { z } from "zod";
import { comparisonProblem, comparisonStrengthSchema } from "../../labels/comparison";
import { demonstrationProblem } from "../../labels/demonstration";
import { rankingProblem } from "../../labels/ranking";
import { ratingProblem } from "../../labels/rating";
import { textSchema } from "../../storable-text";
import { Fault } from "../fault";
import type { FileAnswer, FileKind, FileLabel, FileTask } from "../file-task";
import type { IntakeItem } from "../items";
import type { RowFields } from "../row-fields";
import { readTurns, type Turn } from "../turns";
import type { Format } from "./format";
import { check, completionSchema, idSchema, type OwnRow, readOwnRow, toCompletion } from "./own-row";

const ANSWERS = {
  comparison: z.discriminatedUnion("outcome", [
    z.object({
      outcome: z.literal("chosen"),
      ...{ chosenCompletionId: idSchema, rejectedCompletionId: idSchema, strength: comparisonStrengthSchema },
      margin: z.number().min(0).max(1).nullish(),
    }),
    z.object({ outcome: z.literal("tie") }),
    z.object({ outcome: z.literal("both_bad") }),
  ]),
  ranking: z.object({ ranks: z.array(z.object({ completionId: idSchema, rank: z.int().min(1) })) }),
  rating: z.object({
    scores: z.array(z.object({ completionId: idSchema, criterionId: idSchema, score: z.int().min(1).max(5) })).min(1),
  }),
  demonstration: completionSchema.extend({
    turns: z.array(z.unknown()).nullish(),
    trainOnAllTurns: z.boolean().nullish(),
    rewriteOfCompletionId: idSchema.nullish(),
  }),
};

const MAX_NOTE = 10_000;
const MAX_DURATION = 2_147_483_647;
/** The circumstances of a label. A file that was written before one of them was exported does not have it. */
const aboutSchema = z.object({
  labelId: idSchema,
  annotatorId: idSchema.nullish(),
  annotator: textSchema.max(500).nullish(),
  note: textSchema.max(MAX_NOTE).nullish(),
  flagged: z.boolean().nullish(),
  durationMs: z.int().min(0).max(MAX_DURATION).nullish(),
  createdAt: z.iso.datetime({ offset: true }).nullish(),
  shownOrder: z.array(idSchema).nullish(),
  excluded: textSchema.max(MAX_NOTE).nullish(),
});

/** What the page of labels exports: a label a line, with its task and the answer by the ids of completions. */
export const ownLabels: Format = {
  name: "Tuneloop's labels",
  matches: (row) => row.has("labelId") && row.has("kind") && row.given("completions"),
  read(row: RowFields) {
    const own = readOwnRow(row);
    const label = readLabel(row, own);
    const task: FileTask = { ...own.task, label };
    return { items: itemsOf(own.turns, task, label.answer), task };
  },
};

function readLabel(row: RowFields, own: OwnRow): FileLabel {
  const given = Object.fromEntries(Object.keys(aboutSchema.shape).map((name) => [name, row.take(name)?.value ?? null]));
  const about = check(null, aboutSchema, given);
  const ids = own.task.completions.map(({ id }) => id ?? "");
  if (ids.includes("")) throw new Fault("completions", "a completion has no id, by which the answer could name it");
  const placeOf = (id: string) => ids.indexOf(id);
  const shown = (about.shownOrder ?? []).map(placeOf);
  return {
    id: about.labelId,
    annotator: { id: about.annotatorId ?? null, name: about.annotator ?? null },
    answer: readAnswer(row, own, ids),
    note: about.note || null,
    flagged: about.flagged === true,
    durationMs: about.durationMs ?? null,
    createdAt: about.createdAt ?? null,
    // An order that does not hold exactly the task's completions says nothing.
    shownOrder: shown.toSorted((a, b) => a - b).every((place, index) => place === index) ? shown : [],
    excluded: about.excluded || null,
  };
}

/** @throws Fault where the answer does not fit its task */
function readAnswer(row: RowFields, { task: { kind }, criterionIds }: OwnRow, ids: string[]): FileAnswer {
  const value = row.take(kind)?.value;
  const placeOf = (id: string) => ids.indexOf(id);
  switch (kind) {
    case "comparison": {
      const answer = check(kind, ANSWERS.comparison, value);
      refuse(kind, comparisonProblem(answer, ids));
      if (answer.outcome !== "chosen") return { kind, outcome: answer.outcome };
      const { outcome, chosenCompletionId, rejectedCompletionId, strength, margin } = answer;
      const sides = { chosen: placeOf(chosenCompletionId), rejected: placeOf(rejectedCompletionId) };
      return { kind, outcome, ...sides, strength, margin: margin ?? null };
    }
    case "ranking": {
      const { ranks } = check(kind, ANSWERS.ranking, value);
      refuse(kind, rankingProblem({ ranks }, ids));
      return { kind, ranks: ids.map((id) => ranks.find(({ completionId }) => completionId === id)?.rank ?? 1) };
    }
    case "rating": {
      const { scores } = check(kind, ANSWERS.rating, value);
      refuse(kind, ratingProblem({ scores }, ids, criterionIds));
      return {
        kind,
        scores: scores.map(({ completionId, criterionId, score }) => ({
          ...{ completion: placeOf(completionId), criterion: criterionIds.indexOf(criterionId), score },
        })),
      };
    }
    case "demonstration": {
      const answer = check(kind, ANSWERS.demonstration, value);
      const given = answer.turns ?? [];
      const turns = (given.length === 0 ? [] : readTurns({ field: `${kind}.turns`, value: given }, "assistant")).map(
        ({ role, content }) => ({ role, content }),
      );
      const rewriteOfCompletionId = answer.rewriteOfCompletionId ?? null;
      const demonstration = { content: answer.content, turns, trainOnAllTurns: answer.trainOnAllTurns === true };
      refuse(kind, demonstrationProblem({ ...demonstration, rewriteOfCompletionId }, ids));
      return {
        ...{ kind, completion: toCompletion(answer), turns, trainOnAllTurns: demonstration.trainOnAllTurns },
        rewriteOf: rewriteOfCompletionId === null ? null : placeOf(rewriteOfCompletionId),
      };
    }
  }
}

function refuse(kind: FileKind, problem: string | null): void {
  if (problem !== null) throw new Fault(kind, problem);
}

type Item = Pick<IntakeItem, "prompt" | "said">;

/** Makes the records that the label gives where it is learned by itself, without the other labels of its task. */
function itemsOf(prompt: Turn[], { completions, rubric }: FileTask, answer: FileAnswer): Item[] {
  const turn = ({ content, finished }: { content: string; finished: boolean }): Turn => ({
    ...{ role: "assistant", content },
    ...(!finished && { finished: false as const }),
  });
  const turnsAt = (place: number): Turn[] => {
    const completion = completions[place];
    return completion ? [turn(completion)] : [];
  };
  switch (answer.kind) {
    case "comparison": {
      if (answer.outcome === "chosen") {
        const { strength, margin } = answer;
        const sides = { chosen: turnsAt(answer.chosen), rejected: turnsAt(answer.rejected) };
        return [{ prompt, said: { kind: "comparison", ...sides, strength, margin } }];
      }
      // A tie gives no pair; of two bad completions each is undesirable, as in a dataset version.
      if (answer.outcome === "tie") return [{ prompt, said: { kind: "prompt" } }];
      return completions.map((_, place) => ({
        prompt,
        said: { kind: "unpaired", completion: turnsAt(place), desirable: false },
      }));
    }
    case "ranking":
      return [
        {
          prompt,
          said: {
            kind: "ranking",
            completions: answer.ranks.map((rank, place) => ({ turns: turnsAt(place), rank })),
          },
        },
      ];
    case "rating": {
      const rated = completions.map((_, place) => ({
        turns: turnsAt(place),
        scores: answer.scores
          .filter(({ completion }) => completion === place)
          .sort((a, b) => a.criterion - b.criterion)
          .map(({ criterion, score }) => ({
            ...{ criterion: rubric?.[criterion]?.name ?? "", score, weight: rubric?.[criterion]?.weight ?? 1 },
          })),
      }));
      return [{ prompt, said: { kind: "rating", completions: rated } }];
    }
    case "demonstration": {
      const conversation: Turn[] = [...prompt, ...answer.turns, turn(answer.completion)];
      return conversation.flatMap((one, index): Item[] => {
        const isLast = index === conversation.length - 1;
        const isLearned = isLast || (answer.trainOnAllTurns && index >= prompt.length && one.role === "assistant");
        const said = { kind: "demonstration" as const, completion: [one] };
        return isLearned ? [{ prompt: conversation.slice(0, index), said }] : [];
      });
    }
  }
}
