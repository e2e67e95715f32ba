import { type Command, Option } from "commander";
import { SUITE_NAMES } from "@/domain/evaluation/suites";
import { DEFAULT_MODEL } from "@/domain/runs/run-config";
import type { EvaluateCommand } from "./evaluate";
import type { GenerateCommand } from "./generate";
import { explain, STOPPED } from "./help";
import { count, finiteNumber, wholeNumber } from "./numbers";
import type { ReportCommand } from "./report";
import { sayHowToSkip, skipBadRowsOption } from "./skip-bad-rows";
import { withProgress } from "./with-progress";

// Each command's code is loaded when the command is called: TensorFlow.js takes a second, for which --help need not
// wait.
const write = (line: string) => process.stdout.write(`${line}\n`);

export const modelOption = () =>
  new Option("--model <model>", "folder, GGUF file, hub id, or base of the catalogue").default(DEFAULT_MODEL);
const adapterOption = () => new Option("--adapter <dir>", "PEFT adapter to put on the model");
const inputOption = (lines: string) => new Option("--input <file>", lines).makeOptionMandatory();

export function addScoreCommand(program: Command): void {
  const command = program
    .command("score")
    .description(
      "compute log-probs of completions, or rewards of a reward model: one JSON line for each line of the input",
    )
    .addOption(modelOption())
    .addOption(adapterOption())
    .addOption(inputOption("lines of {ids} or {prompt, completion}"))
    .addOption(skipBadRowsOption("named on standard error"))
    .action(async (options: { model: string; adapter?: string; input: string; skipBadRows?: boolean }) => {
      const { score } = await import("./score");
      await withProgress((progress, write, note) => score({ ...options, ...progress, write, note })).catch(
        (error: unknown) => sayHowToSkip(error, options.skipBadRows ?? false),
      );
    });
  explain(command, {
    reads:
      "a row each, in JSONL, a JSON array or CSV: {ids: [token ids]}, or prompt and completion as train reads them, with finished: false beside a completion that was cut, which then gets no end of turn; keys that are not read are named",
    writes:
      "a JSON object a line, in order, once all are checked: {logProbs} in nats, of each id after the first or of the completion's tokens (end of turn included); of a reward model {reward}, of an ensemble {reward: mean, members, min, std}; with --skip-bad-rows also row, the file and line",
    status: STOPPED,
    examples: ["score --model runs/first/adapter --input pairs.jsonl > scored.jsonl"],
  });
}

export function addReportCommand(program: Command): void {
  const command = program
    .command("report")
    .description("measure a reward model or ensemble on held-out pairs: accuracy, calibration, length, exploits")
    .requiredOption("--model <model>", "the reward model: folder, adapter, ensemble or hub id")
    .addOption(adapterOption())
    .requiredOption("--dataset <path>", "JSONL of pairs, or a dataset version's folder; its validation pairs, else all")
    .option("--json", "print one JSON object, as a reward run writes it to reward-report.json")
    .action(async (options: Omit<ReportCommand, "write">) => {
      const { report } = await import("./report");
      await withProgress((progress, write) => report({ ...options, ...progress, write }));
    });
  explain(command, {
    reads:
      "pairs {prompt, chosen, rejected}; also margin, taskType, promptId, annotatorIds and votes: {for, against}, if the file has them",
    writes: "lines for people, or JSON; shares with 95 % intervals, shifts of the score in its own units",
    status: STOPPED,
    examples: ["report --model runs/reward/adapter --dataset pairs.jsonl --json > report.json"],
  });
}

export function addGenerateCommand(program: Command): void {
  const command = program
    .command("generate")
    .description("write completions of prompts, as JSON lines of {ids, text, sample}")
    .addOption(modelOption())
    .addOption(adapterOption())
    .addOption(inputOption("lines of {ids} or {prompt}"))
    .option("--greedy", "always take the likeliest token")
    .option("--max-tokens <n>", "largest number of new tokens", count, 256)
    .option("--temperature <t>", "1 is the model's own distribution; lower is safer; 0 to 10", finiteNumber, 1)
    .option("--top-p <p>", "sample from the likeliest tokens that together hold this probability", finiteNumber, 1)
    .option("--samples <n>", "number of completions for each prompt", count, 1)
    .option("--best-of <n>", "write n completions of each prompt, give the one with the highest reward", count)
    .option("--reward-model <model>", "reward model that --best-of chooses with")
    .option("--seed <n>", "the same seed gives the same completions", wholeNumber, 0)
    .addOption(skipBadRowsOption("named on standard error"))
    .action(async (options: Omit<GenerateCommand, "write" | "note">) => {
      const { generate } = await import("./generate");
      await withProgress((progress, write, note) => generate({ ...options, ...progress, write, note })).catch(
        (error: unknown) => sayHowToSkip(error, options.skipBadRows ?? false),
      );
    });
  explain(command, {
    reads:
      "a row each, in JSONL, a JSON array or CSV: {ids: [token ids]}, or a prompt as train reads it; keys that are not read are named",
    writes:
      "a JSON object for each completion, in the order of the prompts, once all are done: {ids: new tokens, end of turn included; text; sample: 0, 1 …; finished: false if --max-tokens cut it}, with --best-of its reward as well, with --skip-bad-rows also row, the file and line",
    status: STOPPED,
    examples: [
      "generate --model runs/first/adapter --input prompts.jsonl --temperature 0.7 --samples 4",
      "generate --input prompts.jsonl --best-of 8 --reward-model runs/reward/adapter",
    ],
  });
}

export function addEvaluateCommand(program: Command): void {
  const command = program
    .command("evaluate")
    .description("measure the share of right answers in small suites of questions, which training may raise or lower")
    .addOption(modelOption())
    .addOption(adapterOption())
    .addOption(new Option("--suites <names...>", "suites to run (default: all)").choices(SUITE_NAMES))
    .option("--json", "print one JSON line a suite, with every answer")
    .action(async (options: Omit<EvaluateCommand, "write">) => {
      const { evaluate } = await import("./evaluate");
      await withProgress((progress, write) => evaluate({ ...options, ...progress, write }));
    });
  explain(command, {
    reads: "the model; the questions are part of the trainer",
    writes: "a line for each suite when it is done: right answers, number of questions, share with its 95 % interval",
    status: STOPPED,
    examples: ["evaluate --model runs/first/adapter --suites math reasoning --json"],
  });
}

export function addDoctorCommand(program: Command): void {
  const command = program
    .command("doctor")
    .description("say what this machine trains with, how fast it is, and what is missing")
    .option("--json", "print the report as one JSON object")
    .action(async (options: { json?: boolean }) => {
      const { examineMachine, formatDoctorReport } = await import("./doctor");
      write(formatDoctorReport(await examineMachine(), options));
    });
  explain(command, {
    reads: "this machine and the cache folder (TUNELOOP_CACHE); changes nothing",
    writes: "lines for people, or JSON; speed in GFLOP/s (10⁹ operations a second), memory in GB, models in MB",
    examples: ["doctor --json"],
  });
}

export function addSelftestCommand(program: Command): void {
  const command = program
    .command("selftest")
    .description("prove losses, advantages and PPO on a problem whose answer is known exactly; status 1 if one is off")
    .option("--json", "print one JSON object with every figure and its bound, at the end")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { selftest } = await import("./selftest");
      if (!(await selftest({ write, json }))) process.exitCode = 1;
    });
  explain(command, {
    reads: "nothing",
    writes: "a line for each figure with its bound as soon as it is known, or JSON: {kept, missed, seconds, checks}",
    examples: ["selftest"],
  });
}
