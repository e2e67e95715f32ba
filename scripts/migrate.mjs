#!/usr/bin/env node
// Applies prisma/migrations without the Prisma CLI, in Prisma's own format (table, checksums, lock number, failure rules),
// so that `npx prisma migrate dev | status` agree with it afterwards. 0.2 s instead of 3.
import { createHash, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import pg from "pg";

const FOLDER = fileURLToPath(new URL("../prisma/migrations", import.meta.url));
const PRISMA_LOCK = 72707369;

function migrationsIn(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .sort()
    .map((name) => ({ name, file: path.join(folder, name, "migration.sql") }))
    .filter(({ file }) => fs.existsSync(file))
    .map(({ name, file }) => {
      const sql = fs.readFileSync(file, "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}

async function applied(client) {
  await client.query(`CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`);
  const { rows } = await client.query(
    "SELECT migration_name AS name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
  );
  const failed = rows.find((row) => !row.finished_at);
  if (failed)
    throw new Error(
      `migration ${failed.name} failed earlier: look at the table _prisma_migrations, put the database right, ` +
        `then run "npx prisma migrate resolve --rolled-back ${failed.name}"`,
    );
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

async function apply(client, { name, sql, checksum }) {
  const id = randomUUID();
  await client.query("INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)", [
    id,
    checksum,
    name,
  ]);
  try {
    await client.query(sql); // one simple query is one transaction
  } catch (cause) {
    const logs = `${cause.code} ${cause.message} at ${cause.position ?? "?"}`;
    await client.query("UPDATE _prisma_migrations SET logs = $2 WHERE id = $1", [id, logs]);
    throw new Error(`migration ${name} failed: ${cause.message}`, { cause });
  }
  await client.query("UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1", [id]);
}

/** The names of all migrations of this version. */
export const knownMigrations = () => migrationsIn(FOLDER).map(({ name }) => name);

/**
 * Brings the database at `url` up to date; returns the names of the migrations that it applied.
 * @param only the names of those to apply; all, where it is left out
 */
export async function migrate(url, { folder = FOLDER, warn = console.warn, only } = {}) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [PRISMA_LOCK]);
    const done = await applied(client);
    const names = [];
    for (const migration of migrationsIn(folder)) {
      if (only && !only.includes(migration.name)) continue;
      const known = done.get(migration.name);
      if (known && known !== migration.checksum) warn(`migration ${migration.name} was edited after it was applied`);
      if (known) continue;
      await apply(client, migration);
      names.push(migration.name);
    }
    return names;
  } finally {
    await client.end();
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  if (!process.env.DATABASE_URL) throw new Error("set DATABASE_URL (npm run --silent database -- url)");
  const names = await migrate(process.env.DATABASE_URL);
  console.log(names.length ? `applied ${names.join(", ")}` : "nothing to apply");
}
