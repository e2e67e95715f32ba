import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startDatabase, stopDatabase } from "../../scripts/database.mjs";
import { migrate } from "../../scripts/migrate.mjs";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** The site in production mode with a database of its own, without the trainer's processes, which would take the machine. */
export interface BenchInstance {
  url: string;
  databaseUrl: string;
  secret: string;
  /** Seconds of processor that the site's process and all of PostgreSQL's have used so far. */
  processorSeconds(): { site: number; database: number };
  stop(): Promise<void>;
}

export async function openDatabase(dataDir: string): Promise<{ url: string; pid: number }> {
  fs.mkdirSync(dataDir, { recursive: true });
  const server = await startDatabase({ dataDir });
  await migrate(server.url);
  return server;
}

export async function startSite(
  dataDir: string,
  port: number,
  database: { url: string; pid: number },
): Promise<BenchInstance> {
  if (!fs.existsSync(path.join(ROOT, ".next", "BUILD_ID")))
    throw new Error("The site is not built. Run: npm run setup");
  const url = `http://127.0.0.1:${port}`;
  const secret = "a secret of the bench, which signs nothing else";
  const log = fs.openSync(path.join(dataDir, "site.log"), "a");
  // This is what `npm start` runs, its own server in front of Next included.
  const child = spawn(process.execPath, [path.join(ROOT, "scripts/serve-site.mjs")], {
    cwd: ROOT,
    stdio: ["ignore", log, log],
    env: {
      ...process.env,
      ...{ HOST: "127.0.0.1", PORT: String(port) },
      ...{ NODE_ENV: "production", DATABASE_URL: database.url, NEXTAUTH_URL: url, NEXTAUTH_SECRET: secret },
      ...{ TUNELOOP_DATA: dataDir, TUNELOOP_DEFAULT_MODEL: "tiny", NEXT_TELEMETRY_DISABLED: "1" },
    },
  });
  try {
    await untilReachable(`${url}/api/health`, child);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  return {
    url,
    databaseUrl: database.url,
    secret,
    processorSeconds: () => ({ site: used(child.pid ?? 0), database: used(database.pid) }),
    async stop() {
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await Promise.race([once(child, "exit"), pause(10_000).then(() => child.kill("SIGKILL"))]);
      }
      await stopDatabase({ dataDir });
    },
  };
}

async function untilReachable(address: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error("The site ended at once; site.log in the data folder says why.");
    try {
      await fetch(address, { redirect: "manual" });
      return;
    } catch {
      await pause(100); // the site does not listen yet
    }
  }
  throw new Error("The site does not answer.");
}

/**
 * Reads from /proc how long a process and its children have computed; 0 where there is no /proc. A child that has ended
 * counts with its parent.
 */
function used(root: number): number {
  if (!fs.existsSync("/proc/self/stat")) return 0;
  const parents = new Map<number, number>();
  const ticks = new Map<number, number>();
  for (const name of fs.readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = fs
        .readFileSync(`/proc/${name}/stat`, "utf8")
        .replace(/^.*\) /, "")
        .split(" ");
      parents.set(Number(name), Number(fields[1]));
      ticks.set(
        Number(name),
        [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0),
      );
    } catch {
      // The process ended meanwhile, and counts with its parent.
    }
  }
  const belongs = (pid: number): boolean => pid === root || (pid > 1 && belongs(parents.get(pid) ?? 0));
  return [...ticks].reduce((sum, [pid, spent]) => sum + (belongs(pid) ? spent : 0), 0) / 100;
}
