#!/usr/bin/env node
// Stands in for Prisma's native schema engine, which only a download host has: it runs that engine as WebAssembly from
// npm (@prisma/schema-engine-wasm) over @prisma/adapter-pg and speaks the binary's JSON-RPC on stdin and stdout.
// prisma.config.ts points PRISMA_SCHEMA_ENGINE_BINARY here; then `npx prisma generate | migrate dev | migrate diff …`
// work.
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as engineBindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";

const require = createRequire(import.meta.url);
const wasmFolder = path.dirname(require.resolve("@prisma/schema-engine-wasm/schema_engine_bg"));

let panicMessage = null;
globalThis.PRISMA_WASM_PANIC_REGISTRY = {
  set_message(message) {
    panicMessage = message;
  },
};

async function loadEngine() {
  const wasm = fs.readFileSync(path.join(wasmFolder, "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(wasm, { "./schema_engine_bg.js": engineBindings });
  engineBindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return engineBindings.SchemaEngine;
}

// PostgreSQL's catalogue answers with types that adapter-pg refuses (name, xid, reg*), which are therefore read as
// text. "char" must arrive as the engine's Character, or the engine panics on PostgreSQL 18, whose pg_constraint also
// lists NOT NULL constraints.
const TEXT = 25;
const TEXT_ARRAY = 1009;
const NAME_ARRAY = 1003;
const READ_AS_TEXT = new Set([24, 28, 194, 2205, 2206, 4089, 4096]);
const CHARACTER_TYPES = new Map([
  [18, 6],
  [1002, 70],
]);
let patched = false;

function readCatalogueTypes(adapter) {
  if (patched) return;
  patched = true;
  const queryable = Object.getPrototypeOf(Object.getPrototypeOf(adapter));
  const { performIO, queryRaw } = queryable;
  queryable.performIO = async function performIOWithCatalogueTypes(query) {
    const result = await performIO.call(this, query);
    query.characters = [];
    result.fields?.forEach((field, column) => {
      const character = CHARACTER_TYPES.get(field.dataTypeID);
      if (character) query.characters.push([column, character]);
      if (character || READ_AS_TEXT.has(field.dataTypeID)) field.dataTypeID = TEXT;
      else if (field.dataTypeID === NAME_ARRAY) field.dataTypeID = TEXT_ARRAY;
    });
    return result;
  };
  queryable.queryRaw = async function queryRawWithCatalogueTypes(query) {
    const result = await queryRaw.call(this, query);
    for (const [column, type] of query.characters ?? []) result.columnTypes[column] = type;
    return result;
  };
}

const PRISMA_URL_OPTIONS = ["schema", "connection_limit", "pool_timeout", "pgbouncer"];
const openShadows = []; // the engine leaves its shadow databases behind; they are dropped after every call

function adapterFactory(datasourceUrl, shadowUrl) {
  const url = new URL(datasourceUrl);
  const schema = url.searchParams.get("schema") ?? undefined;
  for (const option of PRISMA_URL_OPTIONS) url.searchParams.delete(option);

  const open = async (connection) => {
    const pool = new pg.Pool({ connectionString: String(connection), max: 1, allowExitOnIdle: true });
    pool.on("error", (error) => process.stderr.write(`${error.message}\n`));
    const adapter = await new PrismaPg(pool, { schema, disposeExternalPool: true }).connect();
    readCatalogueTypes(adapter);
    // adapter-pg splits scripts at every ";", which breaks $$ bodies; the native engine sends one simple query
    adapter.executeScript = async (sql) => {
      try {
        await pool.query(sql);
      } catch (error) {
        adapter.onError(error);
      }
    };
    return adapter;
  };

  const connectToShadowDb = async () => {
    if (shadowUrl) {
      const given = new URL(shadowUrl);
      given.searchParams.delete("schema");
      return open(given);
    }
    const name = `prisma_migrate_shadow_db_${randomUUID()}`;
    const admin = await open(url);
    await admin.executeScript(`CREATE DATABASE "${name}"`);
    const shadow = new URL(url);
    shadow.pathname = `/${name}`;
    const adapter = await open(shadow);
    const close = adapter.dispose.bind(adapter);
    let dropped;
    adapter.dispose = () => {
      dropped ??= (async () => {
        await close();
        await admin.executeScript(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
        await admin.dispose();
      })();
      return dropped;
    };
    openShadows.push(adapter);
    return adapter;
  };

  return { provider: "postgres", adapterName: "@prisma/adapter-pg", connect: () => open(url), connectToShadowDb };
}

async function createDatabase(datasourceUrl) {
  const url = new URL(datasourceUrl);
  const name = decodeURIComponent(url.pathname.slice(1));
  url.pathname = "/postgres";
  url.search = "";
  const client = new pg.Client(String(url));
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } catch (error) {
    if (error.code !== "42P04" && error.code !== "23505") throw error; // the database exists already
  } finally {
    await client.end();
  }
  return name;
}

/**
 * Parses the arguments that the Prisma CLI passes: `--datamodels FILE`, `--datasource JSON`, `cli COMMAND`,
 * `--version`.
 */
function parseArguments(argv) {
  const options = { models: [], datasource: {}, cli: undefined, version: false };
  for (let i = 0; i < argv.length; i++) {
    const name = argv[i];
    if (name === "--version" || name === "-V") options.version = true;
    else if (name === "--datamodels" || name === "-d") options.models.push(argv[++i]);
    else if (name === "--datasource") options.datasource = JSON.parse(argv[++i]);
    else if (name === "cli") options.cli = argv[++i];
    else if (name.startsWith("--")) i++;
  }
  return options;
}

const CONNECTION_ERRORS = {
  "3D000": ["P1003", "Database does not exist"],
  "28P01": ["P1000", "Authentication failed"],
};

/** Runs `cli can-connect-to-database | create-database`, which answers by exit status and one JSON line on stderr. */
async function runCli(command, datasource) {
  try {
    if (command === "can-connect-to-database") {
      const client = new pg.Client({ connectionString: datasource.url, connectionTimeoutMillis: 5000 });
      await client.connect();
      await client.end();
    } else if (command === "create-database") {
      await createDatabase(datasource.url);
    } else {
      throw new Error(`not supported: ${command}`);
    }
    return 0;
  } catch (error) {
    const [error_code, message] = CONNECTION_ERRORS[error.code] ?? [
      "P1001",
      `Can't reach database server: ${error.message || error.code}. Is it up? npm run database -- start`,
    ];
    const line = { timestamp: new Date().toISOString(), level: "ERROR", target: "schema_engine::logger" };
    process.stderr.write(`\n${JSON.stringify({ ...line, fields: { error_code, is_panic: false, message } })}\n`);
    return 1;
  }
}

function serve({ models, datasource }) {
  let engine;
  const connected = () => {
    engine ??= loadEngine().then((SchemaEngine) => {
      if (!datasource.url) throw new Error("prisma.config.ts gave no datasource url");
      const datamodels = models.length ? models.map((file) => [file, fs.readFileSync(file, "utf8")]) : undefined;
      const factory = adapterFactory(datasource.url, datasource.shadowDatabaseUrl);
      return SchemaEngine.new({ datamodels }, () => undefined, bindMigrationAwareSqlAdapterFactory(factory));
    });
    return engine;
  };
  const call = async (method, params) => (await connected())[method](params);
  const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

  const printed = new Map();
  let printId = 1_000_000;
  const print = (content) =>
    new Promise((resolve) => {
      printed.set(++printId, resolve);
      send({ id: printId, method: "print", params: { content } });
    });

  // These two methods have no shadow database of their own in the wasm engine; devDiagnostic leaves in its cache what
  // they need.
  const primed = (method) => async (params) => {
    try {
      return await call(method, params);
    } catch (error) {
      if (!/external factory/.test(error?.message)) throw error;
      await call("devDiagnostic", { migrationsList: params.migrationsList, filters: params.filters });
      return call(method, params);
    }
  };
  const methods = {
    evaluateDataLoss: primed("evaluateDataLoss"),
    createMigration: primed("createMigration"),
    createDatabase: async () => ({ databaseName: await createDatabase(datasource.url) }),
    getDatabaseVersion: async (params) => (await connected()).version(params),
    diff: async (params) => {
      const filters = { externalTables: [], externalEnums: [] };
      const result = await call("diff", { exitCode: null, filters, ...params });
      if (result.stdout != null) await print(result.stdout.replace(/\n$/, ""));
      return { exitCode: result.exitCode, stdout: null };
    },
  };

  const answer = async ({ id, method, params }) => {
    try {
      let result;
      try {
        result = await (methods[method] ?? ((given) => call(method, given)))(params);
      } finally {
        await Promise.all(openShadows.splice(0).map((adapter) => adapter.dispose()));
      }
      send({ id, result: result ?? {} });
    } catch (error) {
      const message = panicMessage ?? String(error?.message ?? error);
      const data = {
        is_panic: panicMessage !== null,
        message,
        error_code: error?.code ?? null,
        meta: error?.meta ?? null,
      };
      send({ id, error: { code: 4466, message: "An error happened. Check the data field for details.", data } });
    }
  };

  let open = 0;
  let ended = false;
  const exitWhenDone = () => {
    if (ended && open === 0) process.exit(0);
  };
  readline
    .createInterface({ input: process.stdin })
    .on("line", async (line) => {
      if (!line.trim()) return;
      const message = JSON.parse(line);
      if (!message.method) {
        printed.get(message.id)?.();
        printed.delete(message.id);
        return;
      }
      open++;
      await answer(message);
      open--;
      exitWhenDone();
    })
    .on("close", () => {
      ended = true;
      exitWhenDone();
    });
}

const options = parseArguments(process.argv.slice(2));
if (options.version) {
  const { version } = JSON.parse(fs.readFileSync(path.join(wasmFolder, "package.json"), "utf8"));
  console.log(`schema-engine-cli ${version.split(".").pop()} (wasm)`);
} else if (options.cli) {
  process.exitCode = await runCli(options.cli, options.datasource);
} else {
  serve(options);
}
