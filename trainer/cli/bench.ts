import { writeFile } from "node:fs/promises";
import path from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { DEFAULT_MODEL } from "@/domain/runs/run-config";
import { type BenchSettings, WORKLOADS, type Workload } from "../bench/measurement";
import type { SampleTask } from "../bench/run-bench";
import { explain, STOPPED } from "./help";
import { count } from "./numbers";
import { stopOnSignals } from "./stop-on-signals";

interface BenchCommand extends BenchSettings {
  only: Workload[];
  repeat: number;
  data?: string;
  peer?: string;
  json?: string | boolean;
}

export function addBenchCommand(program: Command): void {
  const command = program
    .command("bench")
    .description("measure speed and memory of training and generation on this machine, on request beside TRL")
    .option("--model <model>", "folder, GGUF file, hub id, or base of the catalogue", DEFAULT_MODEL)
    .option("--data <file>", "pairs: JSONL of {prompt, chosen, rejected}, or .json of ShareGPT conversations")
    .option("--only <workloads>", `workloads to measure, some of ${WORKLOADS.join(",")}`, workloads, [...WORKLOADS])
    .option("--repeat <n>", "samples of each workload; the figures are medians", count, 1)
    .option("--steps <n>", "optimizer steps in a sample", count, 2)
    .option("--batch-size <n>", "examples in a step", count, 4)
    .option("--micro-batch-size <n>", "examples in memory at once (default: the run's own choice)", count)
    .option("--max-length <n>", "longer pairs are left out", count, 512)
    .option("--rank <n>", "rank of the adapter, which is on all linear layers", count, 16)
    .option("--prompts <n>", "number of prompts that are completed side by side", count, 16)
    .option("--new-tokens <n>", "number of new tokens for each prompt", count, 64)
    .option("--gradient-checkpointing", "compute layers twice instead of keeping their results", false)
    .option(
      "--recompute-every <n>",
      "with --gradient-checkpointing: compute every n-th layer twice (default: 1)",
      count,
    )
    .option("--peer <python>", "a Python with torch, transformers, peft and trl: measured in turn, ratios printed")
    .option("--json [file]", "all samples as JSON, into a file or in place of the table")
    .action(async ({ only, repeat, data, peer, json, ...settings }: BenchCommand) => {
      const { runBench } = await import("../bench/run-bench");
      const { formatBenchResult } = await import("../bench/format-result");
      const say = (line: string) => process.stderr.write(`${line}\n`);
      const result = await stopOnSignals((signal) =>
        runBench({ settings, workloads: only, repeat, say, signal, ...(data && { data }), ...(peer && { peer }) }),
      );
      const asJson = `${JSON.stringify(result, null, 2)}\n`;
      if (typeof json === "string") await writeFile(path.resolve(json), asJson);
      process.stdout.write(json === true ? asJson : `${formatBenchResult(result)}\n`);
    });
  explain(command, {
    reads: "the model and, with --data, pairs; else the demo's text",
    writes:
      "a table (or JSON) of real tokens a second without padding, peak memory in GB (10⁹ bytes) and compile time in seconds; each sample runs in a process of its own and is taken again if other programs used the machine",
    status: STOPPED,
    examples: [
      "bench --only sft,generate --repeat 3",
      "bench --peer ~/trl/bin/python --data pairs.jsonl --json bench.json",
    ],
  });

  // Measures one sample in a process of its own, because peak memory is a figure of a whole process.
  program
    .command("bench-sample", { hidden: true })
    .argument("<task>")
    .action(async (task: string) => {
      const { workload, folder, settings, memoryMode } = JSON.parse(task) as SampleTask;
      const { measureTraining } = await import("../bench/measure-training");
      const { measureGeneration } = await import("../bench/measure-generation");
      const { measurePpo } = await import("../bench/measure-ppo");
      const sample =
        workload === "generate"
          ? await measureGeneration(folder, settings)
          : workload === "ppo"
            ? await measurePpo(folder, settings, memoryMode ?? "adapters")
            : await measureTraining(workload, folder, settings);
      process.stdout.write(`${JSON.stringify(sample)}\n`);
    });
}

function workloads(text: string): Workload[] {
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !WORKLOADS.some((workload) => workload === name));
  if (unknown !== undefined) throw new InvalidArgumentError(`${unknown} is none of ${WORKLOADS.join(", ")}.`);
  return WORKLOADS.filter((workload) => names.includes(workload));
}
