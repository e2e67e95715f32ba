import { randomUUID } from "node:crypto";
import fc from "fast-check";
import type { LabelAnswer } from "@/domain/labels/kinds";
import { labelSubmissionSchema } from "@/domain/labels/submission";
import type { Message } from "@/domain/messages";
import { database } from "../database/client";
import { correctLabel } from "../labels/correct-label";
import { submitLabel } from "../labels/submit-label";
import { withdrawLabel } from "../labels/withdraw-label";
import { insertPrompts } from "../prompts/insert-prompts";
import { textHashOf } from "../prompts/prompt-identity";
import { insertTasks } from "../tasks/insert-tasks";
import { actorIn } from "./actors";
import { makeProject, makeUser } from "./test-rows";

/** Texts with what files and tools like to change: white space at the ends, line ends of all systems, other scripts. */
const edge = fc.constantFrom("", " ", "\n", "\r\n", "\r", "\t", "\u2028", "\u00a0");
const core = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }),
  fc.constantFrom('"quoted"', "véʳy 🐙", "e\u0301", "a,b;c\td", "line\r\nline\u2029line", "<|im_end|>", "אבג"),
);
const words = fc
  .tuple(edge, core, edge)
  .map((parts) => parts.join(""))
  .filter((joined) => joined.trim() !== "" && !joined.includes("\0") && !/\p{Surrogate}/u.test(joined));

const answer = fc.record({
  /** Decides sides, ranks and scores. */
  seed: fc.nat(1_000_000),
  outcome: fc.constantFrom("chosen", "chosen", "tie", "both_bad"),
  strength: fc.constantFrom("significantly", "clearly", "slightly", "negligibly"),
  /** A margin as an earlier file named it. */
  margin: fc.option(fc.constantFrom(0, 0.3, 0.55, 1), { freq: 3 }),
  content: words,
  turns: fc.option(fc.tuple(words, words), { freq: 3 }),
  all: fc.boolean(),
  rewrites: fc.boolean(),
  note: fc.option(words),
  flagged: fc.boolean(),
  durationMs: fc.option(fc.nat(86_400_000)),
  fate: fc.constantFrom("counts", "counts", "counts", "corrected", "withdrawn", "excluded"),
});
type Answer = typeof answer extends fc.Arbitrary<infer Value> ? Value : never;

const task = fc.record({
  kind: fc.constantFrom("comparison", "ranking", "rating", "demonstration"),
  completions: fc.array(fc.record({ content: words, finished: fc.boolean(), byModel: fc.boolean() }), {
    ...{ minLength: 3, maxLength: 4 },
  }),
  requiredLabels: fc.integer({ min: 1, max: 3 }),
  priority: fc.integer({ min: -2, max: 5 }),
  /** One for each person; null where the person has not answered. */
  answers: fc.tuple(fc.option(answer), fc.option(answer), fc.option(answer)),
  isExcluded: fc.integer({ min: 0, max: 9 }).map((roll) => roll === 0),
});
type Task = typeof task extends fc.Arbitrary<infer Value> ? Value : never;

const prompt = fc.record({
  system: fc.option(words),
  round: fc.option(fc.tuple(words, words)),
  last: words,
  taskType: fc.constantFrom("general", "maths & more"),
  isArchived: fc.integer({ min: 0, max: 9 }).map((roll) => roll === 0),
  tasks: fc.array(task, { minLength: 1, maxLength: 2 }),
});

/** A small project: prompts of all shapes, tasks of all kinds, and three people who answer some of them. */
export const randomProject = fc.record({
  prompts: fc.array(prompt, { minLength: 2, maxLength: 4 }),
  weights: fc.array(fc.constantFrom(0.5, 1, 2, 3), { minLength: 1, maxLength: 3 }),
});
export type RandomProject = typeof randomProject extends fc.Arbitrary<infer Value> ? Value : never;

/** Makes the project by the use cases with which people make one. */
export async function buildProject({ prompts, weights }: RandomProject) {
  const admin = await makeUser("Ada");
  const people = [admin, await makeUser("Ann"), await makeUser("Cy")];
  const project = await makeProject(admin, people.slice(1));
  const of = { projectId: project.id };
  const model = await database().modelVersion.findFirstOrThrow({ where: of });
  const rubric = await database().rubric.create({
    data: {
      ...{ ...of, version: 1, authorId: admin.id },
      criteria: {
        create: weights.map((weight, position) => ({ position, name: `criterion ${position}`, weight })),
      },
    },
    include: { criteria: true },
  });
  const criterionIds = rubric.criteria.map(({ id }) => id);
  for (const [number, one] of prompts.entries()) {
    const messages: Message[] = [
      ...(one.system === null ? [] : [{ role: "system" as const, content: one.system }]),
      ...(one.round ?? []).map((content, index) => ({
        role: index === 0 ? ("user" as const) : ("assistant" as const),
        content,
      })),
      // Prompts of one text are one prompt, so each is told apart by its number.
      { role: "user", content: `${number}${one.last}` },
    ];
    await database().$transaction((tx) =>
      insertPrompts(tx, {
        ...{ ...of, source: "written", importId: null },
        prompts: [{ taskType: one.taskType, messages }],
      }),
    );
    const { id: promptId } = await database().prompt.findFirstOrThrow({
      where: { ...of, textHash: textHashOf(messages) },
    });
    for (const [at, given] of one.tasks.entries())
      await buildTask(
        { ...{ project, people, promptId, criterionIds, modelVersionId: model.id }, mark: `${number}.${at}` },
        given,
        rubric.id,
      );
    if (one.isArchived) await database().prompt.update({ where: { id: promptId }, data: { archivedAt: new Date() } });
  }
  return { project, admin, actor: actorIn(project.id, admin.id) };
}

interface Place {
  project: { id: string; createdById: string };
  people: { id: string }[];
  promptId: string;
  criterionIds: string[];
  modelVersionId: string;
  /** Stands before each text, so that no two answers say the same. */
  mark: string;
}

async function buildTask(place: Place, given: Task, rubricId: string): Promise<void> {
  const { project, people, promptId, modelVersionId, mark } = place;
  const of = { projectId: project.id };
  const shown = given.completions.slice(0, given.kind === "comparison" ? 2 : given.completions.length);
  const completionIds: string[] = [];
  for (const [index, { content, finished, byModel }] of shown.entries()) {
    const from = byModel ? { origin: "generation" as const, modelVersionId } : { origin: "person" as const };
    const data = { ...of, promptId, content: `${mark}.${index} ${content}`, finished, ...from };
    completionIds.push((await database().completion.create({ data, select: { id: true } })).id);
  }
  await database().$transaction((tx) =>
    insertTasks(tx, {
      ...{ ...of, createdById: project.createdById, kind: given.kind, requiredLabels: 3, priority: given.priority },
      rubricId: given.kind === "rating" ? rubricId : null,
      tasks: [{ promptId, completionIds }],
    }),
  );
  const { id: taskId } = await database().task.findFirstOrThrow({ where: of, orderBy: { id: "desc" } });
  for (const [index, person] of people.entries()) {
    const said = given.answers[index];
    if (said)
      await answerTask(
        { ...place, mark: `${mark}:${index}` },
        { taskId, kind: given.kind, completionIds },
        person.id,
        said,
      );
  }
  const live = await database().label.count({ where: { taskId, withdrawal: null, supersededBy: null } });
  const { requiredLabels } = given;
  await database().task.update({
    where: { id: taskId },
    data: { requiredLabels, completedAt: live >= requiredLabels ? new Date() : null },
  });
  if (given.isExcluded && live > 0)
    await database().exclusion.create({
      data: { ...of, taskId, reason: "the task", createdById: project.createdById },
    });
}

async function answerTask(
  { project, criterionIds, mark }: Place,
  task: { taskId: string; kind: Task["kind"]; completionIds: string[] },
  userId: string,
  said: Answer,
): Promise<void> {
  const actor = actorIn(project.id, userId);
  const submission = (seed: number, prefix: string) =>
    labelSubmissionSchema.parse({
      ...{ taskId: task.taskId, idempotencyKey: randomUUID(), flagged: said.flagged },
      ...(said.note !== null && { note: said.note }),
      ...(said.durationMs !== null && { durationMs: said.durationMs }),
      shownOrder: seed % 2 === 0 ? task.completionIds : task.completionIds.toReversed(),
      ...answerOf(task, { ...said, seed, content: `${prefix} ${said.content}` }, criterionIds, prefix),
    });
  let { labelId } = await submitLabel({ actor, submission: submission(said.seed, mark) });
  if (said.fate === "corrected")
    ({ labelId } = await correctLabel({ actor, labelId, submission: submission(said.seed + 1, `${mark}+`) }));
  if (task.kind === "comparison" && said.margin !== null)
    await database().comparisonLabel.updateMany({
      where: { labelId, outcome: "chosen" },
      data: { margin: said.margin },
    });
  if (said.fate === "withdrawn") await withdrawLabel({ actor, labelId });
  if (said.fate === "excluded")
    await database().exclusion.create({
      data: { projectId: project.id, labelId, reason: "the label", createdById: project.createdById },
    });
}

function answerOf(
  { kind, completionIds }: { kind: Task["kind"]; completionIds: string[] },
  said: Answer,
  criterionIds: string[],
  prefix: string,
): LabelAnswer {
  const { seed } = said;
  const at = (index: number) => completionIds[index % completionIds.length] ?? "";
  switch (kind) {
    case "comparison":
      if (said.outcome !== "chosen") return { kind, comparison: { outcome: said.outcome } };
      return {
        kind,
        comparison: {
          ...{ outcome: "chosen", strength: said.strength },
          ...{ chosenCompletionId: at(seed), rejectedCompletionId: at(seed + 1) },
        },
      };
    case "ranking": {
      const worth = completionIds.map((_, index) => Math.floor(seed / 7 ** index) % 3);
      const levels = [...new Set(worth)].sort((a, b) => a - b);
      const ranks = completionIds.map((completionId, index) => ({
        completionId,
        rank: levels.indexOf(worth[index] ?? 0) + 1,
      }));
      return { kind, ranking: { ranks } };
    }
    case "rating": {
      const scores = completionIds.flatMap((completionId, index) =>
        criterionIds.map((criterionId, place) => ({
          ...{ completionId, criterionId, score: (Math.floor(seed / 5 ** (index + place)) % 5) + 1 },
        })),
      );
      return { kind, rating: { scores } };
    }
    case "demonstration": {
      const [first, second] = said.turns ?? [];
      const turns =
        first === undefined || second === undefined
          ? []
          : [
              { role: "assistant" as const, content: `${prefix} ${first}` },
              { role: "user" as const, content: second },
            ];
      const rewriteOfCompletionId = said.rewrites ? at(seed) : null;
      return {
        kind,
        demonstration: { content: said.content, turns, trainOnAllTurns: said.all, rewriteOfCompletionId },
      };
    }
  }
}
