import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { migrate } from "../scripts/migrate.mjs";

/** The migrations that came before the one of which this file tests what it does to rows. */
const BEFORE = "20261201050000_label_kinds_by_name";
const name = `test_${randomBytes(6).toString("hex")}`;
const server = process.env.TEST_DATABASE_URL ?? "";
const older = fs.mkdtempSync(path.join(os.tmpdir(), "tuneloop-older-migrations-"));
let url: string;
let client: pg.Client;

const onServer = async (statement: string) => {
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  await admin.query(statement).finally(() => admin.end());
};

beforeAll(async () => {
  const folder = path.join(import.meta.dirname, "migrations");
  for (const migration of fs.readdirSync(folder).filter((one) => one < BEFORE))
    fs.cpSync(path.join(folder, migration), path.join(older, migration), { recursive: true });
  await onServer(`CREATE DATABASE "${name}"`);
  url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  await migrate(url, { folder: older });
  client = new pg.Client({ connectionString: url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await onServer(`DROP DATABASE "${name}" WITH (FORCE)`);
  fs.rmSync(older, { recursive: true });
});

const ID = (digit: number) => `00000000-0000-7000-8000-00000000000${digit}`;
const kindsIn = async (table: string) => {
  const { rows } = await client.query<{ kind: string }>(`SELECT "kind" FROM "${table}" ORDER BY "id"`);
  return rows.map(({ kind }) => kind);
};

it("turns the kinds of tasks, templates and labels into names, loses no row, and leaves out of live labels what was taken back", async () => {
  await client.query(`
    INSERT INTO "User" ("id", "email", "name") VALUES ('${ID(1)}', 'ada@example.org', 'Ada');
    INSERT INTO "Project" ("id", "slug", "name", "createdById") VALUES ('${ID(2)}', 'p', 'P', '${ID(1)}');
    INSERT INTO "Prompt" ("id", "projectId", "split", "source", "normalizedHash", "textHash")
      VALUES ('${ID(3)}', '${ID(2)}', 'train', 'written', 'h', 't');`);
  const kinds = ["demonstration", "comparison", "ranking", "rating"];
  for (const [index, kind] of kinds.entries())
    await client.query(`
      INSERT INTO "Task" ("id", "projectId", "promptId", "kind", "createdById")
        VALUES ('${ID(index)}', '${ID(2)}', '${ID(3)}', '${kind}', '${ID(1)}');
      INSERT INTO "TaskTemplate" ("id", "projectId", "name", "kind", "requiredLabels", "createdById")
        VALUES ('${ID(index)}', '${ID(2)}', '${kind}', '${kind}', 1, '${ID(1)}');
      INSERT INTO "Label" ("id", "projectId", "taskId", "annotatorId", "kind", "idempotencyKey")
        VALUES ('${ID(index)}', '${ID(2)}', '${ID(index)}', '${ID(1)}', '${kind}', '${ID(index)}');`);
  await client.query(`INSERT INTO "LabelWithdrawal" ("labelId", "userId") VALUES ('${ID(2)}', '${ID(1)}')`);

  expect(await migrate(url)).toContain(BEFORE);
  for (const table of ["Task", "TaskTemplate", "Label"]) expect(await kindsIn(table)).toEqual(kinds);
  expect(await kindsIn("LiveLabel")).toEqual(["demonstration", "comparison", "rating"]);
  await client.query(`UPDATE "Task" SET "kind" = 'verdict' WHERE "id" = '${ID(0)}'`);
  expect(await kindsIn("Task")).toEqual(["verdict", ...kinds.slice(1)]);
});
