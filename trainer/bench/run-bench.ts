import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describeBackend, loadBackend } from "../engine/backend";
import { writeModelFolder } from "../file-formats/model-folder";
import { loadModelFiles } from "../models/load-model-files";
import { writeBenchData } from "./bench-data";
import { measureMatMul } from "./matmul-speed";
import { type CompilerMeasurement, measureCompiler } from "./measure-compiler";
import {
  type BenchSettings,
  MEMORY_MODES,
  type Measurement,
  type MemoryMode,
  type OwnMeasurement,
  type Workload,
} from "./measurement";
import { runForJson } from "./run-child";

export interface BenchOptions {
  settings: BenchSettings;
  workloads: readonly Workload[];
  /** Number of samples of each workload and side; the figures are medians. */
  repeat: number;
  /** Pairs to train on; undefined for the project's own text. */
  data?: string;
  /** A Python with torch, transformers, PEFT and TRL to compare with. */
  peer?: string;
  /** Takes a line for a person. */
  say: (line: string) => void;
  signal: AbortSignal;
}

/** All samples that were kept, in the order in which they were taken. */
export interface BenchResult {
  date: string;
  machine: { processor: string; cores: number; memoryGigabytes: number; backend: string; node: string };
  /**
   * The better of two measurements, before and after all samples, of a 1024³ product, in billions of operations a
   * second.
   */
  matmulGigaflops: number;
  settings: BenchSettings;
  data: string;
  compiler: CompilerMeasurement;
  own: OwnMeasurement[];
  peer: Measurement[];
  /** Number of samples that were thrown away because other processes used the machine. */
  rejected: number;
}

/** The share of all cores that other processes may use before a sample is rejected. */
const BUSY = 0.08;
/** The number of samples taken before the least disturbed one is kept in any case. */
const ATTEMPTS = 3;

/** Takes the samples, Tuneloop's and the peer's in turn. */
export async function runBench(options: BenchOptions): Promise<BenchResult> {
  const { settings, workloads, repeat, data, peer, say, signal } = options;
  const folder = await mkdtemp(path.join(os.tmpdir(), "tuneloop-bench-"));
  try {
    const backend = await loadBackend();
    const files = await loadModelFiles(settings.model, { onProgress: ({ message }) => say(message), signal });
    await writeBenchData(folder, data, files, settings);
    const modelFolder = path.join(folder, "model");
    if (peer !== undefined) await writeModelFolder(modelFolder, files);
    const result: BenchResult = {
      date: new Date().toISOString().slice(0, 10),
      machine: {
        processor: os.cpus()[0]?.model ?? "unknown",
        cores: os.availableParallelism(),
        memoryGigabytes: Math.round(os.totalmem() / 2 ** 30),
        backend: describeBackend(backend),
        node: process.version,
      },
      matmulGigaflops: await measureMatMul(),
      compiler: measureCompiler(),
      settings,
      data: data === undefined ? "the demo's text" : path.basename(data),
      own: [],
      peer: [],
      rejected: 0,
    };
    for (let round = 0; round < repeat; round++) {
      for (const workload of workloads) {
        for (const memoryMode of workload === "ppo" ? MEMORY_MODES : [undefined]) {
          const task = { workload, folder, settings, memoryMode };
          const own = await quietSample(() => measureOwn(task, signal), options, result);
          result.own.push(own);
          const what = memoryMode ? `${workload} (${memoryMode})` : workload;
          say(`${what} ${round + 1} of ${repeat}: ${describeSample(own)}`);
        }
        if (peer === undefined || workload === "ppo") continue; // TRL no longer has PPO
        const other = await quietSample(
          () => measurePeer(peer, workload, { ...settings, folder, model: modelFolder }, signal),
          options,
          result,
        );
        result.peer.push(other);
        say(`${workload} ${round + 1} of ${repeat}, peer: ${describeSample(other)}`);
      }
    }
    result.matmulGigaflops = Math.max(result.matmulGigaflops, await measureMatMul());
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Takes a sample during which the machine did nothing else, or else the least disturbed of several. */
async function quietSample<M extends Measurement>(
  take: () => Promise<M>,
  { say }: BenchOptions,
  result: BenchResult,
): Promise<M> {
  let best = await take();
  for (let attempt = 1; attempt < ATTEMPTS && (best.othersShare ?? 0) > BUSY; attempt++) {
    say(`${best.workload}: rejected, other processes used ${Math.round(100 * best.othersShare!)} % of the machine`);
    result.rejected += 1;
    const next = await take();
    if ((next.othersShare ?? 0) < best.othersShare!) best = next;
  }
  return best;
}

export const isDisturbed = ({ othersShare }: Measurement) => (othersShare ?? 0) > BUSY;

/** The task of one sample, which runs in a process of its own. */
export type SampleTask = { workload: Workload; folder: string; settings: BenchSettings; memoryMode?: MemoryMode };

function measureOwn(task: SampleTask, signal: AbortSignal) {
  const entry = fileURLToPath(new URL("../cli.ts", import.meta.url));
  const args = [...process.execArgv, entry, "bench-sample", JSON.stringify(task)];
  return runForJson<OwnMeasurement>(process.execPath, args, signal);
}

function measurePeer(
  python: string,
  workload: Workload,
  settings: BenchSettings & { folder: string },
  signal: AbortSignal,
): Promise<Measurement> {
  const script = fileURLToPath(new URL("../../scripts/bench-peer.py", import.meta.url));
  // The peer's memory is compared with Tuneloop's of either kind, so its own checkpointing stays off.
  const task = JSON.stringify({ ...settings, gradientCheckpointing: false });
  return runForJson<Measurement>(python, [script, workload, task], signal);
}

function describeSample({ tokens, seconds, peakMemory, othersShare }: Measurement): string {
  const others = othersShare === null ? "" : `, others used ${Math.round(100 * othersShare)} %`;
  return `${(tokens / seconds).toFixed(1)} tokens/s, ${(peakMemory / 1000).toFixed(2)} GB${others}`;
}
