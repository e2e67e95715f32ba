import path from "node:path";
import { type Command, Option } from "commander";
import {
  EXPORT_FORMATS,
  type ExportFormat,
  TYPES_OF_FORMAT,
  WEIGHT_TYPES,
  type WeightType,
} from "@/domain/models/export-options";
import type { ExportResult } from "../exchange/export-model";
import type { ImportResult } from "../exchange/import-model";
import { explain, STOPPED } from "./help";
import { byteSize } from "./numbers";
import { withProgress } from "./with-progress";

const write = (line: string) => process.stdout.write(`${line}\n`);

interface ExportOptions {
  model: string;
  adapter?: string;
  to: string;
  format: ExportFormat;
  dtype?: WeightType;
  maxShardSize?: number;
  title?: string;
  overwrite?: boolean;
  json?: boolean;
}

/** `modelOption` is the option `--model` that the commands share. */
export function addExportCommand(program: Command, modelOption: Option): void {
  const types = EXPORT_FORMATS.map((format) => `${format}: ${TYPES_OF_FORMAT[format].join(", ")}`).join("; ");
  const command = program
    .command("export")
    .description(
      "write a model as PEFT, transformers or llama.cpp load it, with tokenizer, chat template and model card",
    )
    .addOption(modelOption)
    .option("--adapter <dir>", "PEFT adapter to put on the model; it is merged in, except with --format peft")
    .requiredOption("--to <dir>", "folder to write; it appears complete or not at all")
    .addOption(
      new Option("--format <format>", "the adapter alone, the whole model for transformers, or one file for llama.cpp")
        .choices(EXPORT_FORMATS)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option("--dtype <type>", `type that weights are written in (${types}; the first is the default)`).choices(
        WEIGHT_TYPES,
      ),
    )
    .option(
      "--max-shard-size <size>",
      "safetensors: split larger weights into files, e.g. 500MB (default: 5GB)",
      byteSize,
    )
    .option("--title <text>", "name of the model in its card and in a GGUF")
    .option("--overwrite", "replace an earlier export in that folder")
    .option("--json", "print what was written as one JSON object")
    .action(async ({ dtype, json, to, maxShardSize, ...options }: ExportOptions) => {
      const { exportModel } = await import("../exchange/export-model");
      const result = await withProgress((progress) =>
        exportModel({
          ...options,
          ...progress,
          to: path.resolve(to),
          ...(dtype && { type: dtype }),
          ...(maxShardSize !== undefined && { maxShardBytes: maxShardSize }),
        }),
      );
      write(json ? JSON.stringify(result) : describeExport(result));
    });
  explain(command, {
    reads: "a model's folder or GGUF, an adapter's folder with its base, or the hub; one tensor at a time",
    writes:
      "the folder, which appears complete or not at all: weights, tokenizer, chat template, README.md (the model card) and lineage.json; it replaces an earlier export only with --overwrite, and any other folder never. Sizes: KB, MB and GB are powers of 1000, KiB, MiB and GiB of 1024",
    status: STOPPED,
    examples: [
      "export --model runs/first/adapter --format safetensors --dtype BF16 --to exports/first",
      "export --model runs/first/adapter --format gguf --dtype Q8_0 --to exports/first-gguf",
    ],
  });
}

export function addImportCommand(program: Command): void {
  const command = program
    .command("import")
    .description("fetch a model from the hub (or take one from this machine), check every tensor, and say what it is")
    .requiredOption(
      "--model <model>",
      "hub id (owner/name or owner/name@revision), folder, GGUF file, or base of the catalogue",
    )
    .option("--to <dir>", "copy it into this folder; without it, a hub model stays in the cache")
    .option("--json", "print the description as one JSON object")
    .action(async ({ json, ...options }: { model: string; to?: string; json?: boolean }) => {
      const { importModel } = await import("../exchange/import-model");
      const result = await withProgress((progress) => importModel({ ...options, ...progress }));
      write(json ? JSON.stringify(result) : describeImport(result));
    });
  explain(command, {
    reads:
      "safetensors (also sharded; F32, F16, BF16) and GGUF (F32, F16, BF16, Q8_0, Q4_0, Q4_1) of the Llama and GPT-2 families, and LoRA adapters of PEFT. HF_TOKEN opens private and gated repositories; HF_ENDPOINT names another hub",
    writes:
      "what the model is, as lines or JSON; with --to a copy of its files in an empty folder, which appears complete or not at all",
    status: STOPPED,
    examples: [
      "import --model HuggingFaceTB/SmolLM2-135M-Instruct",
      "import --model model.gguf --to models/mine --json",
    ],
  });
}

function describeExport({ to, kind, title, parameters, type, rank, notices, files, licence }: ExportResult): string {
  const what =
    rank === null
      ? `a ${kind} of ${count(parameters)} parameters in ${type}`
      : `an adapter of rank ${rank} for a ${kind}`;
  const base = `licence of the base: ${licence ?? "not known"}`;
  const head = [`${to}: ${title}, ${what}; ${base}`, ...noticesOf(notices)];
  return [...head, ...files.map(({ name, bytes }) => `  ${name}  ${size(bytes)}`)].join("\n");
}

function describeImport(result: ImportResult): string {
  const { adapter, types, files } = result;
  return [
    `${result.model}: a ${result.kind} (${result.family}), checked and complete`,
    ...(adapter
      ? [
          `  adapter: rank ${adapter.rank}, alpha ${adapter.alpha}, on ${adapter.targets.join(", ")}, of ${adapter.base ?? "?"}`,
        ]
      : []),
    `  ${count(result.parameters)} parameters, ${result.layers} layers, ${result.hiddenSize} wide, in ${types.join(", ")}`,
    `  context ${count(result.contextLength)} tokens, vocabulary ${count(result.vocabulary)}`,
    `  chat template: ${result.chatTemplate ? "yes" : "none, so it can't be given messages"}; licence: ${result.licence ?? "not known"}`,
    ...result.facts.filter(({ about }) => NOT_SAID_ABOVE.has(about)).map(({ about, text }) => `  ${about}: ${text}`),
    ...noticesOf(result.notices),
    `  ${result.path}: ${files.map(({ name, bytes }) => `${name} (${size(bytes)})`).join(", ")}`,
  ].join("\n");
}

/** The facts that no other line of the description holds. */
const NOT_SAID_ABOVE = new Set(["Positions", "Output head", "Ends of a completion", "System turn"]);

const noticesOf = (notices: readonly string[]) => notices.map((notice) => `  note: ${notice}`);

const count = (n: number) => n.toLocaleString("en");

function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} KB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
