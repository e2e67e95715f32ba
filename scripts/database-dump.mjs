// Writes the rows of a database as files and reads them back: one JSON line a row, a file a table. This needs no
// pg_dump, which the embedded PostgreSQL does not bring, and works for any server that DATABASE_URL names.
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { finished } from "node:stream/promises";
import pg from "pg";
import { knownMigrations, migrate } from "./migrate.mjs";

const ROWS_AT_ONCE = 500;
const quote = (name) => `"${name.replaceAll('"', '""')}"`;

async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const tablesOf = async (client) =>
  (
    await client.query(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1`,
    )
  ).rows.map(({ name }) => name);

const migrationsOf = async (client) =>
  (
    await client.query(
      `SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1`,
    )
  ).rows.map(({ name }) => name);

/**
 * Writes every table, all from one snapshot, into `folder`. Returns the migrations that made the tables, and each
 * table's number of rows.
 */
export function dumpDatabase(url, folder) {
  return withClient(url, async (client) => {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const counts = {};
    for (const table of await tablesOf(client)) counts[table] = await dumpTable(client, table, folder);
    const migrations = await migrationsOf(client);
    await client.query("COMMIT");
    return { migrations, counts };
  });
}

async function dumpTable(client, table, folder) {
  const out = fs.createWriteStream(path.join(folder, `${table}.jsonl`));
  out.on("error", () => undefined); // the write that failed tells it
  await client.query(`DECLARE dump NO SCROLL CURSOR FOR SELECT to_jsonb(t)::text AS row FROM public.${quote(table)} t`);
  let count = 0;
  for (;;) {
    const { rows } = await client.query(`FETCH ${ROWS_AT_ONCE} FROM dump`);
    if (rows.length === 0) break;
    count += rows.length;
    await put(out, `${rows.map(({ row }) => row).join("\n")}\n`);
  }
  await client.query("CLOSE dump");
  out.end();
  await finished(out);
  return count;
}

/** Writes and waits; a full disk comes as an error of the stream, not of the write. */
const put = (out, text) =>
  new Promise((resolve, reject) => out.write(text, (error) => (error ? reject(error) : resolve())));

/** True if nobody has used the database yet. */
export const isUnused = (url) =>
  withClient(url, async (client) => (await client.query('SELECT 1 FROM "User" LIMIT 1')).rowCount === 0);

/**
 * Puts the rows back into an unused database. The tables are made anew as the backup's version knew them, the rows are
 * loaded, and the migrations since then are applied to them. Where any of it fails, the database is unused again.
 */
export async function loadDatabase(url, folder, manifest) {
  refuseNewer(manifest);
  try {
    await makeSchema(url, manifest.migrations);
    await withClient(url, (client) => loadRows(client, folder, manifest));
    await migrate(url);
  } catch (error) {
    await makeSchema(url, undefined);
    throw error;
  }
}

function refuseNewer({ migrations }) {
  const here = new Set(knownMigrations());
  const unknown = migrations.filter((name) => !here.has(name));
  if (unknown.length > 0)
    throw new Error(
      `the backup is from a newer Tuneloop: it knows ${unknown.join(", ")}. Update Tuneloop first, then restore it`,
    );
}

/** Empties the database and applies these migrations, or all of them. */
async function makeSchema(url, migrations) {
  await withClient(url, (client) => client.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public"));
  await migrate(url, { only: migrations });
}

/**
 * Loads a backup's rows into a database of the same server made for the purpose, which is dropped again, so that a backup
 * that cannot be restored is noticed when it is made.
 */
export async function tryLoading(url, folder, manifest, say) {
  const trial = `tuneloop_trial_${process.pid}`;
  const made = await withClient(url, (client) =>
    client.query(`CREATE DATABASE ${quote(trial)}`).then(
      () => true,
      (error) => {
        if (error.code !== "42501") throw error; // the user of an external server may not make databases
        say("its rows were not loaded for trial: the database's user may not make databases");
        return false;
      },
    ),
  );
  if (!made) return;
  try {
    const place = new URL(url);
    place.pathname = `/${trial}`;
    await loadDatabase(place.href, folder, manifest);
  } finally {
    await withClient(url, (client) => client.query(`DROP DATABASE ${quote(trial)} WITH (FORCE)`));
  }
}

/** Foreign keys are dropped meanwhile, because some tables point at each other, and checked when they are restored. */
async function loadRows(client, folder, { counts }) {
  await client.query("BEGIN");
  const keys = await client.query(
    `SELECT conrelid::regclass::text AS "table", conname AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`,
  );
  for (const key of keys.rows) await client.query(`ALTER TABLE ${key.table} DROP CONSTRAINT ${quote(key.name)}`);
  for (const [table, count] of Object.entries(counts)) {
    await client.query(`DELETE FROM public.${quote(table)}`); // a migration may have put rows there
    const loaded = await loadTable(client, table, folder);
    if (loaded !== count) throw new Error(`${table}.jsonl has ${loaded} rows where the manifest counts ${count}`);
  }
  for (const key of keys.rows)
    await client.query(`ALTER TABLE ${key.table} ADD CONSTRAINT ${quote(key.name)} ${key.definition}`);
  await restartSequences(client);
  await client.query("COMMIT");
}

async function loadTable(client, table, folder) {
  const insert = `INSERT INTO public.${quote(table)} SELECT * FROM jsonb_populate_recordset(NULL::public.${quote(table)}, $1::jsonb)`;
  let rows = [];
  let count = 0;
  const flush = async () => {
    if (rows.length > 0) await client.query(insert, [`[${rows.join(",")}]`]);
    count += rows.length;
    rows = [];
  };
  const lines = readline.createInterface({ input: fs.createReadStream(path.join(folder, `${table}.jsonl`)) });
  for await (const line of lines) if (rows.push(line) === ROWS_AT_ONCE) await flush();
  await flush();
  return count;
}

async function restartSequences(client) {
  const { rows } = await client.query(
    `SELECT table_name AS "table", column_name AS "column", pg_get_serial_sequence(quote_ident(table_name), column_name) AS sequence
     FROM information_schema.columns WHERE table_schema = 'public' AND column_default LIKE 'nextval(%'`,
  );
  for (const { table, column, sequence } of rows)
    await client.query(
      `SELECT setval($1, (SELECT coalesce(max(${quote(column)}), 0) + 1 FROM ${quote(table)}), false)`,
      [sequence],
    );
}
