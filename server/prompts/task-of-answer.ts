import type { FileAnswer, FileCompletion, FileCriterion, FileTask } from "@/domain/intake/file-task";
import { type ImportedAnswer, type SaidAnswer, textsOf } from "./imported-answer";

/** The criterion that a thumb is kept under, as a score of 5 or 1. */
export const THUMB_CRITERION = "Thumb up or down";
export const THUMB_SCORE = { up: 5, down: 1 } as const;

/** A task as it is inserted; its prompt is in the project already. */
export type ImportedTask = Omit<FileTask, "prompt">;

/**
 * Makes a task with its label of an answer that a file gives. An answer of another tool's file is the only label of a
 * task of its own, and names no person.
 */
export function taskOfAnswer(answer: ImportedAnswer): ImportedTask {
  if (answer.kind === "own") return answer.task;
  const texts = textsOf(answer).map((content, place): FileCompletion => {
    return { id: null, content, finished: !answer.cut?.includes(place), origin: null, model: null };
  });
  const rubric = criteriaOf(answer);
  const given = answerOf(answer, texts, rubric ?? []);
  return {
    kind: given.kind,
    id: null,
    groupId: answer.groupId ?? null,
    // A demonstration's task asks for a completion and shows none.
    completions: given.kind === "demonstration" ? [] : texts,
    rubric: rubric?.map(toCriterion) ?? null,
    ...{ requiredLabels: 1, priority: 0, archived: false },
    label: {
      ...{ id: null, annotator: { id: null, name: null }, answer: given, note: null, flagged: false },
      ...{ durationMs: null, createdAt: null, shownOrder: [], excluded: null },
    },
  };
}

function answerOf(answer: SaidAnswer, texts: FileCompletion[], criteria: string[]): FileAnswer {
  switch (answer.kind) {
    case "demonstration": {
      const [completion] = texts;
      if (!completion) throw new Error("a demonstration has a text");
      return { kind: "demonstration", completion, turns: [], trainOnAllTurns: false, rewriteOf: null };
    }
    case "comparison": {
      const { strength, margin } = answer;
      return { kind: "comparison", outcome: "chosen", chosen: 0, rejected: 1, strength, margin };
    }
    case "unpaired": {
      const score = answer.desirable ? THUMB_SCORE.up : THUMB_SCORE.down;
      return { kind: "rating", scores: [{ completion: 0, criterion: 0, score }] };
    }
    case "rating":
      return {
        kind: "rating",
        scores: answer.completions.flatMap(({ scores }, completion) =>
          scores.map(({ criterion, score }) => ({ completion, criterion: criteria.indexOf(criterion), score })),
        ),
      };
    case "ranking":
      return { kind: "ranking", ranks: answer.completions.map(({ rank }) => rank) };
  }
}

/** Lists the names of a rating's criteria in the order of their first coming; null for any other answer. */
function criteriaOf(answer: SaidAnswer): string[] | null {
  if (answer.kind === "unpaired") return [THUMB_CRITERION];
  if (answer.kind !== "rating") return null;
  return [...new Set(answer.completions.flatMap(({ scores }) => scores.map(({ criterion }) => criterion)))];
}

const toCriterion = (name: string): FileCriterion => ({
  ...{ name, weight: 1, description: "Came with a file", steps: ["", "", "", "", ""] },
});
