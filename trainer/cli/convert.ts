import { open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { type Command, Option } from "commander";
import { DomainError } from "@/domain/errors";
import { EXPORT_FORMAT_NAMES, EXPORT_FORMATS, type ExportFormatName } from "@/domain/export/export-formats";
import { writeItem } from "@/domain/export/write-item";
import { readRow } from "@/domain/intake/read-row";
import { invalidDataset, isFolder } from "../data/dataset-source";
import { readRows } from "../data/read-rows";
import { explain } from "./help";

export interface ConvertCommand {
  /** A file of any format that `train` reads, or the folder of a dataset version. */
  dataset: string;
  format: ExportFormatName;
  /** The JSONL file to write; it appears complete or not at all. */
  to: string;
}

/** The result of a conversion: how many records were written, and why others were not. */
export interface Converted {
  written: number;
  leftOut: { reason: string; count: number }[];
  /** Keys that are not read, with the number of rows that have them. */
  ignored: { name: string; count: number }[];
}

/** Number of characters that are written at once. */
const CHUNK_CHARACTERS = 1 << 16;

/**
 * `convert`: records of any format that is read as one file in another tool's format, line by line.
 *
 * @throws DomainError `dataset-invalid` naming file, line and key; nothing is written then
 */
export async function convert({ dataset, format, to }: ConvertCommand): Promise<Converted> {
  const leftOut = new Map<string, number>();
  const ignored = new Map<string, number>();
  const count = (into: Map<string, number>, name: string) => into.set(name, (into.get(name) ?? 0) + 1);
  let written = 0;
  const partial = `${to}.partial`;
  const file = await open(partial, "wx").catch((error: NodeJS.ErrnoException) => {
    throw new DomainError("options-invalid", `--to: ${partial}: ${error.message}`, undefined, error);
  });
  try {
    let text = "";
    for (const source of await filesOf(dataset)) {
      for await (const { at, row } of readRows(source, path.basename(source))) {
        const read = readRow(row);
        if ("message" in read)
          throw invalidDataset(`${at}: ${read.field === undefined ? "" : `${read.field}: `}${read.message}`);
        if ("notLearned" in read) {
          count(leftOut, "that say weight: 0");
          continue;
        }
        if (read.text !== null) count(leftOut, "that are text for language modelling");
        for (const name of read.ignored) count(ignored, name);
        for (const item of read.items) {
          const result = writeItem(item, format);
          if ("leftOut" in result) count(leftOut, result.leftOut);
          else {
            text += `${JSON.stringify(result.row)}\n`;
            written += 1;
          }
        }
        if (text.length < CHUNK_CHARACTERS) continue;
        await file.appendFile(text);
        text = "";
      }
    }
    await file.appendFile(text);
    await file.close();
    await rename(partial, to);
  } catch (error) {
    await file.close();
    await rm(partial, { force: true });
    throw error;
  }
  return {
    written,
    leftOut: [...leftOut].map(([reason, number]) => ({ reason, count: number })),
    ignored: [...ignored].map(([name, number]) => ({ name, count: number })),
  };
}

async function filesOf(dataset: string): Promise<string[]> {
  if (!(await isFolder(dataset))) return [dataset];
  const names = (await readdir(dataset)).filter((name) => name.endsWith(".jsonl")).sort();
  if (names.length === 0) throw invalidDataset(`${dataset}: the folder has no .jsonl, so no records`);
  return names.map((name) => path.join(dataset, name));
}

export function addConvertCommand(program: Command): void {
  const formats = EXPORT_FORMAT_NAMES.map((name) => `${name}: ${EXPORT_FORMATS[name].about}`).join(" ");
  const command = program
    .command("convert")
    .description("write records in another tool's format")
    .requiredOption("--dataset <place>", "a file of records, or the folder of a dataset version")
    .addOption(
      new Option("--format <format>", "what to write them as").choices(EXPORT_FORMAT_NAMES).makeOptionMandatory(),
    )
    .requiredOption("--to <file>", "JSONL file to write; it appears complete or not at all")
    .action(async (options: ConvertCommand) => {
      const { written, leftOut, ignored } = await convert(options);
      const say = (line: string) => process.stderr.write(`${line}\n`);
      for (const { reason, count } of leftOut)
        say(`left out: ${count} ${count === 1 ? "record" : "records"} ${reason}`);
      for (const { name, count } of ignored)
        say(`not read: the key ${JSON.stringify(name)} of ${count} ${count === 1 ? "row" : "rows"}`);
      process.stdout.write(`${written} ${written === 1 ? "record" : "records"} in ${options.to}\n`);
    });
  explain(command, {
    reads: "records of every format that train reads, as a file or the folder of a dataset version",
    writes: `a JSON object a line. ${formats} What a format can't hold is left out and counted on standard error`,
    examples: ["convert --dataset data/datasets/ID --format trl-preference --to pairs.jsonl"],
  });
}
