import { type Command, Option } from "commander";
import { SUITE_NAMES } from "@/domain/evaluation/suites";
import { DEFAULT_MODEL } from "@/domain/runs/run-config";
import type { EvaluateCommand } from "./evaluate";
import type { GenerateCommand } from "./generate";
import { finiteNumber, wholeNumber } from "./numbers";
import type { ReportCommand } from "./report";
import { stopOnSignals } from "./stop-on-signals";

// The commands are loaded when they are called: TensorFlow.js takes a second, which --help need not wait for.
const write = (line: string) => process.stdout.write(`${line}\n`);
const onProgress = ({ message }: { message: string }) => process.stderr.write(`${message}\n`);

export const modelOption = () =>
  new Option("--model <model>", "folder, GGUF file, hub id, or base of the catalogue").default(DEFAULT_MODEL);
const adapterOption = () => new Option("--adapter <dir>", "PEFT adapter to put on the model");
const inputOption = (lines: string) => new Option("--input <file.jsonl>", lines).makeOptionMandatory();

export function addScoreCommand(program: Command): void {
  program
    .command("score")
    .description("log-probs of completions, or rewards of a reward model: one JSON line out for each line in")
    .addOption(modelOption())
    .addOption(adapterOption())
    .addOption(inputOption("lines of {ids} or {prompt, completion}"))
    .action(async (options: { model: string; adapter?: string; input: string }) => {
      const { score } = await import("./score");
      await stopOnSignals((signal) => score({ ...options, write, onProgress, signal }));
    });
}

export function addReportCommand(program: Command): void {
  program
    .command("report")
    .description("what a reward model or ensemble is worth on held-out pairs: accuracy, calibration, length, exploits")
    .requiredOption("--model <model>", "the reward model: folder, adapter, ensemble or hub id")
    .addOption(adapterOption())
    .requiredOption("--dataset <path>", "JSONL of pairs, or a dataset version's folder; its validation pairs, else all")
    .option("--json", "as one JSON object, as a reward run writes it to reward-report.json")
    .action(async (options: Omit<ReportCommand, "write">) => {
      const { report } = await import("./report");
      await stopOnSignals((signal) => report({ ...options, write, onProgress, signal }));
    });
}

export function addGenerateCommand(program: Command): void {
  program
    .command("generate")
    .description("completions of prompts, as JSON lines of {ids, text, sample}")
    .addOption(modelOption())
    .addOption(adapterOption())
    .addOption(inputOption("lines of {ids} or {prompt}"))
    .option("--greedy", "always the likeliest token")
    .option("--max-tokens <n>", "new tokens at most", wholeNumber, 256)
    .option("--temperature <t>", "1 is the model's own distribution; lower is safer", finiteNumber, 1)
    .option("--top-p <p>", "sample from the likeliest tokens that together hold this probability", finiteNumber, 1)
    .option("--samples <n>", "completions of each prompt", wholeNumber, 1)
    .option("--best-of <n>", "write n completions of each prompt, give the one with the highest reward", wholeNumber)
    .option("--reward-model <model>", "what --best-of chooses with")
    .option("--seed <n>", "the same seed gives the same completions", wholeNumber, 0)
    .action(async (options: Omit<GenerateCommand, "write">) => {
      const { generate } = await import("./generate");
      await stopOnSignals((signal) => generate({ ...options, write, onProgress, signal }));
    });
}

export function addEvaluateCommand(program: Command): void {
  program
    .command("evaluate")
    .description("share of right answers in small suites of questions: what training made better or worse")
    .addOption(modelOption())
    .addOption(adapterOption())
    .addOption(new Option("--suites <names...>", "default: all").choices(SUITE_NAMES))
    .option("--json", "one JSON line a suite, with every answer")
    .action(async (options: Omit<EvaluateCommand, "write">) => {
      const { evaluate } = await import("./evaluate");
      await stopOnSignals((signal) => evaluate({ ...options, write, onProgress, signal }));
    });
}

export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("what this machine trains with, how fast it is, and what is missing")
    .option("--json", "as one JSON object")
    .action(async (options: { json?: boolean }) => {
      const { examineMachine, formatDoctorReport } = await import("./doctor");
      write(formatDoctorReport(await examineMachine(), options));
    });
}

export function addSelftestCommand(program: Command): void {
  program
    .command("selftest")
    .description("proves losses, advantages and PPO on a problem whose answer is known exactly; status 1 if one is off")
    .action(async () => {
      const { selftest } = await import("./selftest");
      if (!(await selftest({ write }))) process.exitCode = 1;
    });
}
