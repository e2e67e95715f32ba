import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { describeCutRecords } from "@/domain/datasets/cut-records";
import type { LabelAnswer, LabelKind } from "@/domain/labels/kinds";
import { STARTING_RUBRIC } from "@/domain/labels/rubric";
import { labelSubmissionSchema } from "@/domain/labels/submission";
import { database } from "../database/client";
import { type LabelTask, nextTask } from "../labels/next-task";
import { reopenLabel } from "../labels/reopen-label";
import { submitLabel } from "../labels/submit-label";
import { updateRubric } from "../projects/update-rubric";
import { listTasks } from "../tasks/list-tasks";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import { createDatasetVersion } from "./create-dataset-version";
import { getDatasetVersion } from "./get-dataset-version";
import { listRecords } from "./list-records";

withTestDatabase();

/** Makes a task of this kind with a completion that was cut and a whole one; Ada has it open. */
async function scene(kind: LabelKind) {
  const ada = await makeUser("Ada");
  const project = await makeProject(ada);
  await updateRubric({ actor: actorIn(project.id, ada.id), criteria: STARTING_RUBRIC });
  const rubric = await database().rubric.findFirstOrThrow({ where: { projectId: project.id } });
  const [made] = await makeComparisonTasks(project, { count: 1 });
  const kept = made?.completions.map(({ completionId }) => completionId) ?? [];
  await database().completion.update({ where: { id: kept[0] ?? "" }, data: { finished: false } });
  const rubricId = kind === "rating" ? rubric.id : null;
  await database().task.updateMany({ where: { projectId: project.id }, data: { kind, rubricId } });
  const own = { projectId: project.id, userId: ada.id, actor: actorIn(project.id, ada.id) };
  const task = await nextTask({ ...own, exclude: [] });
  if (!task) throw new Error("a task is expected");
  // The page knows completions by ids of its own.
  const idOf = (isWhole: boolean) => task.completions.find(({ finished }) => finished === isWhole)?.id ?? "";
  const [cutId, wholeId] = [idOf(false), idOf(true)];
  const submit = (answer: LabelAnswer) => {
    const submission = labelSubmissionSchema.parse({
      taskId: task.taskId,
      idempotencyKey: randomUUID(),
      shownOrder: task.completions.map(({ id }) => id),
      ...answer,
    });
    return submitLabel({ ...own, submission });
  };
  /** Takes a version and returns its lines by file. */
  const linesNow = async () => {
    const { folder, id } = await createDatasetVersion(own);
    const lines: Record<string, Record<string, unknown>[]> = {};
    const { files } = JSON.parse(await readFile(path.join(folder, "manifest.json"), "utf8"));
    for (const { name } of files as { name: string }[])
      lines[name.split(".")[0] ?? ""] = (await readFile(path.join(folder, name), "utf8"))
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    return { id, lines };
  };
  return { own, task, kept, cutId, wholeId, submit, linesNow };
}

const marksOf = (line: Record<string, unknown> | undefined) =>
  Object.fromEntries(Object.entries(line ?? {}).filter(([key]) => /finished$/i.test(key)));
const finishedOf = (task: LabelTask) => Object.fromEntries(task.completions.map(({ id, finished }) => [id, finished]));

it.each([
  ["chosen", { chosenFinished: false }],
  ["rejected", { rejectedFinished: false }],
] as const)("a comparison whose cut completion is %s marks that side", async (side, marks) => {
  const { own, task, kept, cutId, wholeId, submit, linesNow } = await scene("comparison");
  expect(finishedOf(task)).toEqual({ [cutId]: false, [wholeId]: true });
  expect(Object.keys(task.completions[0] ?? {}).sort()).toEqual(["content", "finished", "id", "name"]); // the task's page learns of no model
  const [chosenCompletionId, rejectedCompletionId] = side === "chosen" ? [cutId, wholeId] : [wholeId, cutId];
  const comparison = { outcome: "chosen" as const, chosenCompletionId, rejectedCompletionId };
  const { labelId } = await submit({ kind: "comparison", comparison: { ...comparison, strength: "clearly" } });
  expect(finishedOf((await reopenLabel({ ...own, labelId })).task)).toEqual({ [cutId]: false, [wholeId]: true });

  const { lines, id } = await linesNow();
  expect(lines.preferences?.map(marksOf)).toEqual([marks]);
  const { rows } = await listRecords({ datasetVersionId: id, limit: 5 });
  expect(rows[0]).toMatchObject({ chosen: { finished: side !== "chosen" }, rejected: { finished: side === "chosen" } });
  const actor = actorIn(own.projectId, own.userId);
  const { cut } = await getDatasetVersion({ actor, datasetVersionId: id, limit: 5 });
  expect(describeCutRecords(cut)).toEqual([`1 pair whose ${side} completion was cut at the token limit`]);
  const tasks = await listTasks({ actor, limit: 5 });
  expect(tasks.rows[0]?.completions.map(({ id, finished }) => [id, finished]).sort()).toEqual(
    [
      [kept[0], false],
      [kept[1], true],
    ].sort(),
  );
});

it("two bad completions mark the one that was cut", async () => {
  const { kept, submit, linesNow } = await scene("comparison");
  await submit({ kind: "comparison", comparison: { outcome: "both_bad" } });
  const { lines } = await linesNow();
  expect(lines.unpaired).toHaveLength(2);
  for (const line of lines.unpaired ?? [])
    expect(marksOf(line)).toEqual(line.completionId === kept[0] ? { finished: false } : {});
});

it("a ranking marks the side that was cut", async () => {
  const { cutId, wholeId, submit, linesNow } = await scene("ranking");
  const ranks = [cutId, wholeId].map((completionId, index) => ({ completionId, rank: index + 1 }));
  await submit({ kind: "ranking", ranking: { ranks } });
  expect((await linesNow()).lines.preferences?.map(marksOf)).toEqual([{ chosenFinished: false }]);
});

it("a rating marks the pair's side and the rated completion", async () => {
  const { task, cutId, wholeId, submit, linesNow } = await scene("rating");
  const scores = (task.rubric?.criteria ?? []).flatMap(({ id: criterionId }) => [
    { completionId: cutId, criterionId, score: 1 },
    { completionId: wholeId, criterionId, score: 5 },
  ]);
  await submit({ kind: "rating", rating: { scores } });
  const { lines } = await linesNow();
  expect(lines.preferences?.map(marksOf)).toEqual([{ rejectedFinished: false }]);
  expect(lines.unpaired?.map((line) => [line.label, marksOf(line)])).toEqual(
    expect.arrayContaining([
      [true, {}],
      [false, { finished: false }],
    ]),
  );
});

it.each([
  ["taken over as it stands is no more whole for that", false],
  ["rewritten has the end that its annotator gave it", true],
])("a cut completion %s", async (_, isRewritten) => {
  const { task, cutId, submit, linesNow } = await scene("demonstration");
  const content = task.completions.find(({ id }) => id === cutId)?.content ?? "";
  const demonstration = {
    content: isRewritten ? `${content}, to its end.` : `${content}\n`,
    turns: [],
    trainOnAllTurns: false,
    rewriteOfCompletionId: cutId,
  };
  await submit({ kind: "demonstration", demonstration });
  const { lines } = await linesNow();
  expect(lines.demonstrations?.map(marksOf)).toEqual([isRewritten ? {} : { finished: false }]);
  expect(lines.preferences?.map(marksOf)).toEqual([
    { ...(!isRewritten && { chosenFinished: false }), rejectedFinished: false },
  ]);
});

it("only the end of a conversation is marked, not its earlier turns", async () => {
  const { own, task, submit, linesNow } = await scene("demonstration");
  const turns = [
    { role: "assistant" as const, content: "Which one?" },
    { role: "user" as const, content: "The red one." },
  ];
  await submit({ kind: "demonstration", demonstration: { content: "Red", turns, trainOnAllTurns: true } });
  await database().completion.updateMany({
    where: { projectId: own.projectId, promptId: task.prompt.id, content: "Red" },
    data: { finished: false },
  });
  const demonstrations = (await linesNow()).lines.demonstrations ?? [];
  expect(demonstrations).toHaveLength(2);
  const ending = (content: string) => demonstrations.find((line) => JSON.stringify(line.completion).includes(content));
  expect(marksOf(ending("Which one?") ?? {})).toEqual({});
  expect(marksOf(ending("Red") ?? {})).toEqual({ finished: false });
});
