// The environment of an instance. The scripts read it once and hand it on to the app and the worker, which parse it
// with zod (server/settings.ts). docs/settings.md has the table. A `.env` beside package.json is read too; the
// environment wins.
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readTrustedProxies } from "./client-address.mjs";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The session secret, made on first use and kept, readable by its owner only, so that sessions survive a restart. */
function keptSecret(dataDir) {
  const file = path.join(dataDir, "nextauth-secret");
  try {
    fs.writeFileSync(file, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  return fs.readFileSync(file, "utf8").trim();
}

function portFrom(name, text) {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`${name} must be a port number, not "${text}"`);
  return port;
}

/** Adds the variables of `.env` to the environment; variables that are set already win. */
export function loadDotenv() {
  const file = path.join(ROOT, ".env");
  if (fs.existsSync(file)) process.loadEnvFile(file);
}

/**
 * The settings with their defaults filled in. `environment` is what the children get in addition to the script's own
 * environment.
 */
export function readSettings() {
  loadDotenv();
  const env = process.env;
  const host = env.HOST || "127.0.0.1";
  const port = portFrom("PORT", env.PORT || "3000");
  const dataDir = path.resolve(ROOT, env.TUNELOOP_DATA || "data");
  const cacheDir = path.resolve(ROOT, env.TUNELOOP_CACHE || path.join(os.homedir(), ".cache", "tuneloop"));
  const url = env.NEXTAUTH_URL || `http://${/^(0\.0\.0\.0|::)$/.test(host) ? "localhost" : host}:${port}`;
  readTrustedProxies(env.TRUSTED_PROXIES); // a wrong value ends the start here, with one line
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return {
    host,
    port,
    url,
    dataDir,
    databaseUrl: env.DATABASE_URL || undefined,
    databasePort: env.TUNELOOP_DATABASE_PORT
      ? portFrom("TUNELOOP_DATABASE_PORT", env.TUNELOOP_DATABASE_PORT)
      : undefined,
    environment: {
      HOST: host,
      PORT: String(port),
      NEXTAUTH_URL: url,
      NEXTAUTH_SECRET: env.NEXTAUTH_SECRET || keptSecret(dataDir),
      TUNELOOP_DATA: dataDir,
      TUNELOOP_CACHE: cacheDir,
      TUNELOOP_DEFAULT_MODEL: env.TUNELOOP_DEFAULT_MODEL || "smollm2-135m-instruct",
      NEXT_TELEMETRY_DISABLED: "1",
    },
  };
}
