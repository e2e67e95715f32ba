// Puts a row into every table of a database, whatever its migrations are: for tests of older layouts.
import { randomUUID } from "node:crypto";
import pg from "pg";

/** Values for tables whose checks ask for certain combinations. */
const FITTING = {
  ComparisonLabel: { outcome: "tie", chosenCompletionId: null, rejectedCompletionId: null, strength: null },
  DatasetRecord: { kind: "demonstration", rejectedCompletionId: null, desirable: null },
  DatasetLedgerEntry: { used: true, reason: null },
};
const quote = (name) => `"${name.replaceAll('"', '""')}"`;

/** Returns the tables that got no row, each with the reason. */
export async function fillEveryTable(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const made = {};
    let left = await tablesOf(client);
    // A table whose rows need another table's comes after it; a few rounds find the order.
    for (let round = 0, before = -1; left.length > 0 && left.length !== before && round < 30; round++) {
      before = left.length;
      const next = [];
      for (const table of left) {
        const reason = await fill(client, table, made);
        if (reason) next.push({ ...table, reason });
      }
      left = next;
    }
    return left.map(({ name, reason }) => `${name}: ${reason}`);
  } finally {
    await client.end();
  }
}

async function tablesOf(client) {
  const { rows } = await client.query(
    `SELECT c.oid, c.relname AS name,
       (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, NULL), 'notNull', a.attnotnull,
          'default', a.atthasdef, 'first', (SELECT enumlabel FROM pg_enum e WHERE e.enumtypid = a.atttypid ORDER BY enumsortorder LIMIT 1)))
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       (SELECT coalesce(json_agg(json_build_object('table', confrelid::regclass::text,
          'from', (SELECT json_agg(attname ORDER BY o) FROM unnest(conkey) WITH ORDINALITY k(n, o) JOIN pg_attribute ON attrelid = conrelid AND attnum = n),
          'to', (SELECT json_agg(attname ORDER BY o) FROM unnest(confkey) WITH ORDINALITY k(n, o) JOIN pg_attribute ON attrelid = confrelid AND attnum = n))), '[]')
        FROM pg_constraint WHERE contype = 'f' AND conrelid = c.oid) AS keys
     FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '_prisma_migrations'`,
  );
  return rows;
}

async function fill(client, { name, columns, keys }, made) {
  const values = { ...FITTING[name] };
  for (const { table, from, to } of keys) {
    const other = made[table.replaceAll('"', "")];
    from.forEach((column, index) => {
      if (other && values[column] === undefined) values[column] = other[to[index]];
    });
  }
  for (const column of columns)
    if (values[column.name] === undefined && column.notNull && !column.default) values[column.name] = valueFor(column);
  const names = Object.keys(values).filter((key) => values[key] !== undefined);
  const places = names.map((_, index) => `$${index + 1}`);
  try {
    const { rows } = await client.query(
      `INSERT INTO ${quote(name)} (${names.map(quote).join(", ")}) VALUES (${places.join(", ")}) RETURNING *`,
      names.map((key) => values[key]),
    );
    made[name] = rows[0];
    return undefined;
  } catch (error) {
    return error.message;
  }
}

function valueFor({ type, first }) {
  if (first) return first;
  if (type === "uuid") return randomUUID();
  if (type.startsWith("timestamp")) return "2026-11-23T10:00:00.123";
  if (type.startsWith("json")) return "{}";
  if (type === "boolean") return false;
  if (/int|double|real|numeric/.test(type)) return 1;
  if (type.endsWith("[]")) return [];
  if (type === "bytea") return Buffer.from([0, 255]);
  return "„text“";
}
