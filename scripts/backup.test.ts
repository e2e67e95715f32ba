import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "..");
let folder: string;
const place = (name: string) => path.join(folder, name);

async function script(name: string, data: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, TUNELOOP_DATA: place(data), DATABASE_URL: "" };
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(ROOT, "scripts", name), ...args], { env });
  return stdout.trim();
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Rows with whatever is hard to carry over: Unicode, null, a cycle of foreign keys, a sequence, binary numbers. */
const ROWS = `
  INSERT INTO "User" (id, email, name) VALUES ('00000000-0000-7000-8000-000000000001', 'a@example.test', E'Ada \\n „ü“ 😀');
  INSERT INTO "Project" (id, slug, name, "createdById") VALUES ('00000000-0000-7000-8000-000000000002', 'p', 'P', '00000000-0000-7000-8000-000000000001');
  INSERT INTO "ModelVersion" (id, "projectId", name, kind, "artifactKind", artifact, "sizeBytes")
    VALUES ('00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000002', 'base', 'base', 'reference', 'tiny', 9007199254740993);
  INSERT INTO "DatasetVersion" (id, "projectId", version, folder, "createdById")
    VALUES ('00000000-0000-7000-8000-000000000004', '00000000-0000-7000-8000-000000000002', 1, 'datasets/x', '00000000-0000-7000-8000-000000000001');
  INSERT INTO "TrainingRun" (id, "projectId", number, method, "datasetVersionId", "baseModelVersionId", configuration, folder, "requestedById")
    VALUES ('00000000-0000-7000-8000-000000000005', '00000000-0000-7000-8000-000000000002', 1, 'dpo', '00000000-0000-7000-8000-000000000004',
            '00000000-0000-7000-8000-000000000003', '{"beta": 0.1}', 'runs/x', '00000000-0000-7000-8000-000000000001');
  UPDATE "ModelVersion" SET "trainingRunId" = '00000000-0000-7000-8000-000000000005';
  INSERT INTO "RunMetric" ("runId", step, name, value) VALUES ('00000000-0000-7000-8000-000000000005', 1, 'loss', 0.1::float8 + 0.2::float8);
  INSERT INTO "RunLogLine" ("runId", level, message) VALUES ('00000000-0000-7000-8000-000000000005', 'info', 'one');`;
const CHECK = `SELECT u.name, m."sizeBytes"::text AS size, r.configuration, v.value
  FROM "User" u, "ModelVersion" m JOIN "TrainingRun" r ON r.id = m."trainingRunId" JOIN "RunMetric" v ON v."runId" = r.id`;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tuneloop-backup-"));
  fs.chmodSync(folder, 0o755);
});
afterAll(async () => {
  for (const data of ["one", "two"]) await script("database.mjs", data, "stop");
  fs.rmSync(folder, { recursive: true });
});

test("what was backed up comes back, row for row and file for file, into an empty instance only", async () => {
  for (const data of ["one", "two"]) {
    fs.mkdirSync(place(data), { recursive: true });
    fs.chmodSync(place(data), 0o755);
  }
  const url = await script("database.mjs", "one", "start");
  const { migrate } = (await import("./migrate.mjs" as string)) as { migrate(url: string): Promise<string[]> };
  await migrate(url);
  await query(url, ROWS);
  fs.mkdirSync(place("one/runs/x/adapter"), { recursive: true });
  fs.writeFileSync(place("one/runs/x/adapter/weights"), Buffer.from([0, 255, 10]));
  const before = await query(url, CHECK);

  expect(await script("backup.mjs", "one", place("b.tar.gz"))).toContain("Backup of 7 rows and ");
  expect(fs.statSync(place("b.tar.gz")).mode & 0o077, "readable by its owner only").toBe(0);
  const secret = fs.readFileSync(place("one/nextauth-secret"), "utf8");

  expect(await script("restore.mjs", "two", place("b.tar.gz"))).toContain("Restored the backup");
  const restored = await script("database.mjs", "two", "start");
  expect(await query(restored, CHECK)).toEqual(before);
  expect(fs.readFileSync(place("two/runs/x/adapter/weights"))).toEqual(Buffer.from([0, 255, 10]));
  expect(fs.readFileSync(place("two/nextauth-secret"), "utf8")).toBe(secret);
  // The sequence goes on after the last line, and the foreign keys hold again.
  await query(
    restored,
    `INSERT INTO "RunLogLine" ("runId", level, message) SELECT id, 'info', 'two' FROM "TrainingRun"`,
  );
  await expect(query(restored, `DELETE FROM "User"`)).rejects.toThrow(/foreign key/);

  await expect(script("restore.mjs", "two", place("b.tar.gz"))).rejects.toThrow(
    /has files of an instance already: runs/,
  );
  fs.writeFileSync(place("broken.tar.gz"), fs.readFileSync(place("b.tar.gz")).subarray(0, 300));
  fs.renameSync(place("two/runs"), place("two/elsewhere"));
  await expect(script("restore.mjs", "two", place("broken.tar.gz"))).rejects.toThrow(/in use already/);
}, 120_000);
