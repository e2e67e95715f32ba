import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { findOperator } from "../access/find-operator";
import { createDatasetVersion } from "../datasets/create-dataset-version";
import { nextTask } from "../labels/next-task";
import { submitLabel } from "../labels/submit-label";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "../testing/test-rows";
import { openRecordFile } from "./open-record-file";

withTestDatabase();

it("opens labels, open tasks and a version's records for a command, and refuses what there is not", async () => {
  const ada = await makeUser("Ada");
  const project = await makeProject(ada);
  const own = { actor: actorIn(project.id, ada.id) };
  await makeComparisonTasks(project, { count: 2 });
  const task = await nextTask({ ...own, exclude: [] });
  if (!task) throw new Error("a task is expected");
  await submitLabel({ ...own, submission: chooseFirst(task) });
  const actor = await findOperator(project.slug);
  const linesOf = async (file: string, version: number | null = null) =>
    (await text(await openRecordFile({ actor, file, version }))).split("\n").filter(Boolean);

  expect(await linesOf("labels.jsonl")).toHaveLength(1);
  expect(await linesOf("labels.csv")).toHaveLength(2);
  const tasks = await linesOf("tasks.jsonl");
  expect(tasks.map((line) => JSON.parse(line).completions.length)).toEqual([2]);

  const none = "The project has no dataset version yet.";
  await expect(linesOf("trl-preference.train.jsonl")).rejects.toMatchObject({ userMessage: none });
  await createDatasetVersion({ projectId: project.id, userId: ada.id });
  const split = task.prompt && (await linesOf("trl-preference.train.jsonl")).length > 0 ? "train" : "validation";
  expect(await linesOf(`trl-preference.${split}.jsonl`, 1)).toHaveLength(1);
  const absent = { userMessage: "There is no version 2." };
  await expect(linesOf("trl-preference.train.jsonl", 2)).rejects.toMatchObject(absent);
  await expect(linesOf("labels.parquet")).rejects.toMatchObject({ code: "file-not-found" });
  await expect(findOperator("nowhere")).rejects.toMatchObject({ code: "project-not-found" });
});
