import { spawnSync } from "node:child_process";
import { type Dirent, existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { measureMatMul } from "../bench/matmul-speed";
import { type Backend, describeBackend, loadBackend } from "../engine/backend";
import { cacheFolder } from "../engine/cache-folder";

export interface CachedFolder {
  name: string;
  megabytes: number;
}

export interface DoctorReport {
  backend: Backend;
  node: string;
  platform: string;
  cpuCores: number;
  memoryGigabytes: number;
  /** Speed of a product of two 1024 × 1024 float32 matrices, the best of several. */
  gigaflopsPerSecond: number;
  cacheFolder: string;
  /** Downloaded base models. */
  models: CachedFolder[];
  /** Says what is missing and how to get it; empty when all is well. */
  missing: string[];
}

const MATRIX = 1024;

/** Examines what this machine trains with, how fast it is and what is missing. Changes nothing. */
export async function examineMachine(): Promise<DoctorReport> {
  const backend = await loadBackend();
  return {
    backend,
    node: process.version,
    platform: `${os.platform()} ${os.arch()}`,
    cpuCores: os.availableParallelism(),
    memoryGigabytes: round(os.totalmem() / 2 ** 30),
    gigaflopsPerSecond: round(await measureMatMul()),
    cacheFolder: cacheFolder(),
    models: await listFolders(path.join(cacheFolder(), "models")),
    missing: findMissing(backend),
  };
}

function findMissing(backend: Backend): string[] {
  const missing: string[] = [];
  if (backend.note) missing.push(backend.note);
  const native = backend.kind === "gpu" || backend.kind === "cpu";
  if (!native && !runs("g++", ["--version"])) {
    missing.push("A C++ compiler (g++) to build TensorFlow's binding. On Debian and Ubuntu: apt install g++");
  }
  if (!native && !runs("python3", ["-m", "pip", "--version"])) {
    missing.push("Python 3 with pip to download TensorFlow. On Debian and Ubuntu: apt install python3-pip");
  }
  if (backend.kind !== "gpu" && runs("nvidia-smi", ["-L"])) {
    missing.push("This machine has an NVIDIA GPU that TensorFlow does not use. Run: npm run setup");
  }
  return missing;
}

const runs = (command: string, args: string[]) => spawnSync(command, args).status === 0;

async function listFolders(folder: string): Promise<CachedFolder[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  const sizes = entries.map(async (entry) => ({
    name: entry.name,
    megabytes: round((await sizeOf(folder, entry)) / 1e6),
  }));
  return Promise.all(sizes);
}

async function sizeOf(folder: string, entry: Dirent): Promise<number> {
  const full = path.join(folder, entry.name);
  if (!entry.isDirectory()) return (await stat(full)).size;
  const inside = await readdir(full, { withFileTypes: true });
  const sizes = await Promise.all(inside.map((child) => sizeOf(full, child)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const round = (value: number) => Math.round(value * 10) / 10;

/** Writes the report as lines for a person, or as one JSON object. */
export function formatDoctorReport(report: DoctorReport, { json = false } = {}): string {
  if (json) return JSON.stringify(report, null, 2);
  const { backend, models, missing } = report;
  const lines = [
    ["Backend", describeBackend({ ...backend, note: undefined })],
    ["Compiled steps", backend.canCompile ? "yes" : "no (op by op)"],
    ["Speed", `${report.gigaflopsPerSecond} GFLOP/s at ${MATRIX}³ float32`],
    ["Versions", `Node ${report.node}, TensorFlow.js ${backend.tfjsVersion}, ${report.platform}`],
    ["Machine", `${report.cpuCores} cores, ${report.memoryGigabytes} GB memory`],
    ["Cache", report.cacheFolder],
    ["Base models", models.length ? models.map((m) => `${m.name} (${m.megabytes} MB)`).join(", ") : "none yet"],
  ];
  const table = lines.map(([name, value]) => `${name!.padEnd(15)} ${value}`);
  const health = missing.length ? ["", "Missing:", ...missing.map((line) => `- ${line}`)] : ["", "Nothing is missing."];
  return [...table, ...health].join("\n");
}
