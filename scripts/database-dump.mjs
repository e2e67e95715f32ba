// Writes the rows of a database as files and reads them back: one JSON line a row, a file a table. This needs no
// pg_dump, which the embedded PostgreSQL does not bring, and works for any server that DATABASE_URL names.
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import pg from "pg";

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
  await client.query(`DECLARE dump NO SCROLL CURSOR FOR SELECT to_jsonb(t)::text AS row FROM public.${quote(table)} t`);
  let count = 0;
  for (;;) {
    const { rows } = await client.query(`FETCH ${ROWS_AT_ONCE} FROM dump`);
    if (rows.length === 0) break;
    count += rows.length;
    if (!out.write(`${rows.map(({ row }) => row).join("\n")}\n`)) await once(out, "drain");
  }
  await client.query("CLOSE dump");
  out.end();
  await once(out, "finish");
  return count;
}

/** True if nobody has used the database yet. */
export const isUnused = (url) =>
  withClient(url, async (client) => (await client.query('SELECT 1 FROM "User" LIMIT 1')).rowCount === 0);

/**
 * Puts the rows back into a migrated, unused database, all or nothing. Foreign keys are dropped meanwhile, because some
 * tables point at each other, and checked when they are restored.
 */
export function loadDatabase(url, folder, { migrations, counts }) {
  return withClient(url, async (client) => {
    const here = await migrationsOf(client);
    const unknown = migrations.filter((name) => !here.includes(name));
    if (unknown.length > 0) throw new Error(`the backup is from a newer Tuneloop: it knows ${unknown.join(", ")}`);
    await client.query("BEGIN");
    const keys = await client.query(
      `SELECT conrelid::regclass::text AS "table", conname AS name, pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`,
    );
    for (const key of keys.rows) await client.query(`ALTER TABLE ${key.table} DROP CONSTRAINT ${quote(key.name)}`);
    for (const [table, count] of Object.entries(counts)) {
      await client.query(`DELETE FROM public.${quote(table)}`); // such as a set-up token of the unused instance
      const loaded = await loadTable(client, table, folder);
      if (loaded !== count) throw new Error(`${table}.jsonl has ${loaded} rows where the manifest counts ${count}`);
    }
    for (const key of keys.rows)
      await client.query(`ALTER TABLE ${key.table} ADD CONSTRAINT ${quote(key.name)} ${key.definition}`);
    await restartSequences(client);
    await client.query("COMMIT");
  });
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
