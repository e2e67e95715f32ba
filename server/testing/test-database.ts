import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect } from "vitest";
import { database } from "../database/client";

/**
 * Gives a test file its own database (a copy of the migrated template that the test run's set-up made) and its own data
 * folder. Call it once at the top of the file.
 */
export function withTestDatabase(): void {
  const name = `test_${randomBytes(6).toString("hex")}`;
  let folder: string | undefined;
  const warnings: Error[] = [];
  const keep = (warning: Error) => {
    if (warning.name === "DeprecationWarning") warnings.push(warning);
  };

  beforeAll(async () => {
    process.on("warning", keep);
    folder = await mkdtemp(path.join(os.tmpdir(), "tuneloop-test-data-"));
    await onServer(`CREATE DATABASE "${name}" TEMPLATE "${required("TEST_DATABASE_TEMPLATE")}"`);
    const url = new URL(required("TEST_DATABASE_URL"));
    url.pathname = `/${name}`;
    process.env.DATABASE_URL = url.href;
    process.env.TUNELOOP_DATA = folder;
    process.env.TUNELOOP_LOG_LEVEL ??= "silent";
  });

  afterAll(async () => {
    await database().$disconnect();
    await onServer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    if (folder) await rm(folder, { recursive: true, force: true });
    process.off("warning", keep);
    expect(warnings).toEqual([]); // the next major version of pg refuses what it warns of
  });
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: required("TEST_DATABASE_URL") });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the global set-up of vitest.config.ts starts the database`);
  return value;
}
