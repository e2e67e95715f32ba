import path from "node:path";
import { defineConfig } from "prisma/config";
import { runningDatabaseUrl } from "./scripts/database.mjs";

// Prisma's native schema engine comes from a download host; ours is the same engine as WebAssembly from npm.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= path.join(import.meta.dirname, "scripts/schema-engine.mjs");
process.env.CHECKPOINT_DISABLE ??= "1";
process.env.PRISMA_HIDE_UPDATE_MESSAGE ??= "1";

/** The Prisma CLI works on DATABASE_URL, else on the embedded database when it is up (npm run database -- start). */
const url =
  process.env.DATABASE_URL ??
  runningDatabaseUrl(process.env.TUNELOOP_DATA ?? path.join(import.meta.dirname, "data")) ??
  "postgresql://the-database-is-not-up@127.0.0.1:1/tuneloop";

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations", seed: "tsx prisma/seed.ts" },
  datasource: { url },
});
