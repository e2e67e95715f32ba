import { expect, it } from "vitest";
import { database } from "../database/client";
import { measureQuality } from "../quality/measure-quality";
import { listPairs } from "../quality/read-quality";
import { runSheet } from "../runs/run-sheet";
import { measureAgreement } from "../scores/measure-agreement";
import { listTasks } from "../tasks/list-tasks";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, makeUser } from "../testing/test-rows";
import { createDatasetVersion } from "./create-dataset-version";
import { listExclusions } from "./list-exclusions";
import { previewDataset } from "./preview-dataset";
import { previewExclusion } from "./preview-exclusion";

withTestDatabase();

/** PostgreSQL takes 32,767 parameters: a list of ids that is spread into parameters fails from here on. */
const TASKS = 32_800;

/** Makes tasks with one comparison each, by SQL: their ids are a letter and a number. */
async function manyLabels() {
  const ada = await makeUser("Ada");
  const { id: projectId } = await makeProject(ada);
  const id = (letter: string, number: string) =>
    `('00000000-0000-7000-800${letter}-' || lpad((${number})::text, 12, '0'))::uuid`;
  const run = (sql: string, ...values: unknown[]) => database().$executeRawUnsafe(sql, ...values);
  const each = `FROM generate_series(1, ${TASKS}) i`;
  const sides = `${each}, generate_series(0, 1) s`;
  await run(
    `INSERT INTO "Prompt" ("id", "projectId", "split", "source", "textHash", "normalizedHash")
     SELECT ${id("a", "i")}, $1::uuid, 'train', 'written', i::text, i::text ${each}`,
    projectId,
  );
  await run(`INSERT INTO "PromptMessage" SELECT ${id("a", "i")}, 0, 'user', 'Question ' || i ${each}`);
  await run(
    `INSERT INTO "Completion" ("id", "projectId", "promptId", "origin", "content")
     SELECT ${id("b", "2 * i + s")}, $1::uuid, ${id("a", "i")}, 'imported', 'answer ' || s ${sides}`,
    projectId,
  );
  await run(
    `INSERT INTO "Task" ("id", "projectId", "promptId", "kind", "createdById", "completedAt")
     SELECT ${id("c", "i")}, $1::uuid, ${id("a", "i")}, 'comparison', $2::uuid, now() ${each}`,
    projectId,
    ada.id,
  );
  await run(`INSERT INTO "TaskCompletion" SELECT ${id("c", "i")}, ${id("b", "2 * i + s")}, s ${sides}`);
  await run(
    `INSERT INTO "Label" ("id", "projectId", "taskId", "annotatorId", "kind", "idempotencyKey", "durationMs")
     SELECT ${id("d", "i")}, $1::uuid, ${id("c", "i")}, $2::uuid, 'comparison', gen_random_uuid(), 1000 ${each}`,
    projectId,
    ada.id,
  );
  await run(
    `INSERT INTO "ComparisonLabel" ("labelId", "outcome", "strength", "chosenCompletionId", "rejectedCompletionId")
     SELECT ${id("d", "i")}, 'chosen', 'clearly', ${id("b", "2 * i")}, ${id("b", "2 * i + 1")} ${each}`,
  );
  const model = await database().modelVersion.create({
    data: { projectId, name: "reward", kind: "reward", artifactKind: "model", artifact: "reward" },
  });
  await run(
    `INSERT INTO "RewardScore" ("completionId", "modelVersionId", "score")
     SELECT ${id("b", "2 * i + s")}, $1::uuid, s ${sides}`,
    model.id,
  );
  await run("ANALYZE"); // a table that grows by and by is analysed by and by
  return { ada, projectId, modelVersionId: model.id };
}

it("more labelled tasks than a query takes parameters are previewed, frozen, measured and listed", async () => {
  const { ada, projectId, modelVersionId } = await manyLabels();
  const actor = actorIn(projectId, ada.id);
  const all = { exported: TASKS, used: TASKS, pairs: { train: TASKS, validation: 0 } };
  expect(await previewDataset(actor)).toMatchObject(all);
  expect((await runSheet({ actor, method: "dpo" })).preview).toMatchObject(all);
  const target = { kind: "annotator" as const, id: ada.id };
  expect(await previewExclusion({ actor, target })).toMatchObject({ before: all, after: { exported: TASKS, used: 0 } });
  expect(await listExclusions(actor)).toEqual([]);

  const version = await createDatasetVersion({ projectId, userId: ada.id });
  expect(version).toMatchObject({ usedCount: TASKS, reused: false });
  expect(await database().datasetRecord.count({ where: { datasetVersionId: version.id } })).toBe(TASKS);
  expect(await createDatasetVersion({ projectId, userId: ada.id })).toEqual({ ...version, reused: true });

  expect((await measureQuality(projectId)).content).toMatchObject({ labels: TASKS, annotators: [{ total: TASKS }] });
  expect(await listPairs({ actor, order: "lowest", limit: 20 })).toEqual({ rows: [], total: 0 });
  expect((await measureAgreement({ projectId, modelVersionId })).content).toMatchObject({
    heldOut: { count: 0, of: TASKS },
    disagreedTasks: TASKS,
  });
  for (const order of ["newest", "closest"] as const) {
    const page = await listTasks({ actor, rewardModelId: modelVersionId, disagreed: true, order, limit: 5 });
    expect(page.rows).toHaveLength(5);
    expect(page.counts).toEqual({ open: 0, done: TASKS, archived: 0 });
  }
}, 240_000);
