import type { CompilerMeasurement } from "./measure-compiler";
import {
  type BenchSettings,
  MEMORY_MODES,
  type Measurement,
  type MemoryMode,
  median,
  type OwnMeasurement,
  WORKLOADS,
} from "./measurement";
import type { BenchResult } from "./run-bench";
import { isDisturbed } from "./run-bench";

/** Writes a Markdown table of the medians, with the notes that one needs to read it. */
export function formatBenchResult(result: BenchResult): string {
  const { machine, settings, own, peer, rejected, matmulGigaflops, compiler } = result;
  const rows = WORKLOADS.flatMap((workload) => {
    const ours = own.filter((sample) => sample.workload === workload);
    const theirs = peer.filter((sample) => sample.workload === workload);
    return ours.length === 0 || workload === "ppo" ? [] : [row(ours, theirs, matmulGigaflops)];
  });
  const ofPpo = MEMORY_MODES.flatMap((mode) => {
    const samples = own.filter(({ memoryMode }) => memoryMode === mode);
    return samples.length === 0 ? [] : [ppoRow(mode, samples)];
  });
  const header = [
    ...["", "tokens/s", "in a fresh process", "GFLOP/s (of peak)", "inside TensorFlow", "compiling", "peak GB"],
    ...(peer.length > 0 ? ["peer tokens/s", "peer fresh", "× tokens/s", "× fresh", "peer GB", "× memory"] : []),
  ];
  const disturbed = [...own, ...peer].filter(isDisturbed).length;
  return [
    `${result.date}, ${machine.processor}, ${machine.cores} cores, ${machine.memoryGigabytes} GB, Node ${machine.node}`,
    `${machine.backend}; matrix products reach ${matmulGigaflops.toFixed(0)} GFLOP/s`,
    ...(peer[0] ? [`Peer: ${peer[0].versions}`] : []),
    describeCompiler(compiler),
    `${settings.model}, LoRA rank ${settings.rank}, batch ${settings.batchSize}${checkpointing(settings)}, ${result.data}, at most ${settings.maxLength} tokens; generation: ${settings.prompts} prompts × ${settings.newTokens} tokens`,
    `Samples rejected: ${rejected}${disturbed ? `; ${disturbed} of those kept were disturbed by other processes` : ""}`,
    ...(rows.length > 0 ? ["", ...table([header, ...rows])] : []),
    ...(ofPpo.length > 0 ? ["", ...table([PPO_HEADER, ...ofPpo])] : []),
  ].join("\n");
}

function describeCompiler({ eagerMilliseconds, compiledMilliseconds, lossDifference }: CompilerMeasurement): string {
  const ratio = (eagerMilliseconds / compiledMilliseconds).toFixed(2);
  return `A small GPT's step: op by op ${eagerMilliseconds.toFixed(0)} ms, as one graph ${compiledMilliseconds.toFixed(0)} ms (${ratio}×), losses within ${lossDifference.toExponential(1)}`;
}

function row(ours: OwnMeasurement[], theirs: Measurement[], peak: number): string[] {
  const speed = medianOf(ours, steadySpeed);
  const fresh = medianOf(ours, freshSpeed);
  const memory = medianOf(ours, ({ peakMemory }) => peakMemory / 1000);
  const gigaflops = medianOf(ours, ({ productGigaflops, seconds }) => productGigaflops / seconds);
  const inside = medianOf(ours, ({ insideSeconds, seconds }) => insideSeconds / seconds);
  const compiling = medianOf(ours, ({ compile }) => compile.recordSeconds + compile.firstRunSeconds);
  const cells = [
    ours[0]!.workload,
    speed.toFixed(1),
    fresh.toFixed(1),
    `${gigaflops.toFixed(0)} (${percent(gigaflops / peak)})`,
    percent(inside),
    `${compiling.toFixed(1)} s, ${ours[0]!.compile.recordings} shapes`,
    memory.toFixed(2),
  ];
  if (theirs.length === 0) return cells;
  const peerMemory = medianOf(theirs, ({ peakMemory }) => peakMemory / 1000);
  const peerSpeed = medianOf(theirs, steadySpeed);
  const peerFresh = medianOf(theirs, freshSpeed);
  return [
    ...cells,
    peerSpeed.toFixed(1),
    peerFresh.toFixed(1),
    (speed / peerSpeed).toFixed(2),
    (fresh / peerFresh).toFixed(2),
    peerMemory.toFixed(2),
    (memory / peerMemory).toFixed(2),
  ];
}

const PPO_HEADER = ["PPO", "iteration", "generate", "score", "update", "peak GB"];

/**
 * Writes the parts of a PPO iteration, in seconds and tokens a second: new tokens written, all tokens scored and
 * learned from.
 */
function ppoRow(mode: MemoryMode, samples: OwnMeasurement[]): string[] {
  const part = (name: "generate" | "score" | "update") => {
    const seconds = medianOf(samples, ({ parts }) => parts?.[name].seconds ?? Number.NaN);
    const speed = medianOf(samples, ({ parts }) => (parts ? parts[name].tokens / parts[name].seconds : Number.NaN));
    return `${seconds.toFixed(1)} s (${speed.toFixed(0)}/s)`;
  };
  return [
    mode,
    `${medianOf(samples, ({ seconds }) => seconds).toFixed(1)} s`,
    part("generate"),
    part("score"),
    part("update"),
    medianOf(samples, ({ peakMemory }) => peakMemory / 1000).toFixed(2),
  ];
}

const steadySpeed = ({ tokens, seconds }: Measurement) => tokens / seconds;
const freshSpeed = ({ tokens, endToEndSeconds }: Measurement) => tokens / endToEndSeconds;
const percent = (share: number) => `${Math.round(100 * share)} %`;

function medianOf<M>(samples: readonly M[], value: (sample: M) => number): number {
  return median(samples.map(value));
}

function table([header, ...rows]: string[][]): string[] {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(header!), line(header!.map((_, i) => (i === 0 ? "---" : "--:"))), ...rows.map(line)];
}

function checkpointing({ gradientCheckpointing, recomputeEvery = 1 }: BenchSettings): string {
  if (!gradientCheckpointing) return "";
  return `, gradient checkpointing${recomputeEvery > 1 ? ` of one in ${recomputeEvery} layers` : ""}`;
}
