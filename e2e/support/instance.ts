import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** A running Tuneloop with a data folder, ports and a database of its own, and the tiny model as its base. */
export interface Instance {
  url: string;
  /** The address where the first admin is created; valid once. */
  setupUrl: string;
  dataFolder: string;
  /** All output that the instance has printed so far. */
  output(): string;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Resolves with the link for the first admin as soon as the start script has printed it. */
function untilReady(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const link = /Tuneloop is ready[^\n]*\n\s*.*?(http\S*\/setup\?token=\S+)/.exec(output())?.[1];
      if (link) resolve(link);
    };
    child.stdout?.on("data", look);
    child.once("exit", (code) => reject(new Error(`the instance ended with status ${code}:\n${output()}`)));
  });
}

export async function startInstance(environment: Record<string, string> = {}): Promise<Instance> {
  const dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), "tuneloop-e2e-"));
  fs.chmodSync(dataFolder, 0o755); // the database's user must be able to pass through
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), TUNELOOP_DATA: dataFolder, TUNELOOP_DEFAULT_MODEL: "tiny" };
  for (const name of ["HOST", "DATABASE_URL", "NEXTAUTH_URL", "NEXTAUTH_SECRET"]) Reflect.deleteProperty(env, name);
  const child = spawn(process.execPath, ["scripts/start.mjs"], {
    cwd: ROOT,
    env: { ...env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
  }
  const setupUrl = await untilReady(child, () => printed);
  return {
    url: `http://127.0.0.1:${port}`,
    setupUrl,
    dataFolder,
    output: () => printed,
    async stop() {
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      fs.rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
