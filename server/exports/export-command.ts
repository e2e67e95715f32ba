import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { DomainError } from "@/domain/errors";
import { EXPORT_FORMAT_NAMES } from "@/domain/export/export-formats";
import { findOperator } from "../access/find-operator";
import { database } from "../database/client";
import { openRecordFile } from "./open-record-file";

const USAGE = `npm run export -- PROJECT FILE [--version N] [--out PATH]

Writes a file of a project, as its pages offer it. PROJECT is the name in the project's address.
FILE is one of
  labels.jsonl   the labels that count, with tasks, people and notes; an import restores them
  labels.csv     all labels, one row each, for a spreadsheet
  tasks.jsonl    the open tasks; an import makes them open tasks again
  FORMAT.train.jsonl or FORMAT.validation.jsonl
                 a dataset version's records; FORMAT is one of
                 ${EXPORT_FORMAT_NAMES.join(", ")}
--version N      the dataset version; the newest if omitted
--out PATH       the file to write; PROJECT-FILE in the current folder if omitted. A file that exists is kept.`;

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** Reads the number of a version. */
function toVersion(text: string | undefined): number | null {
  if (text === undefined) return null;
  const version = Number(text);
  if (Number.isSafeInteger(version) && version > 0) return version;
  throw new DomainError("options-invalid", text, `--version must be a whole number from 1, not "${text}".`);
}

/** Writes the file under another name first, so that an export that breaks off leaves nothing that looks whole. */
async function exportFile(project: string, file: string, version: number | null, out: string): Promise<void> {
  if (await exists(out))
    throw new DomainError("options-invalid", out, `${out} exists already. Give another path with --out.`);
  const stream = await openRecordFile({ actor: await findOperator(project), file, version });
  const unfinished = `${out}.new`;
  try {
    await pipeline(stream, createWriteStream(unfinished, { flags: "wx" }));
    await rename(unfinished, out);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  console.log(`Wrote ${out} (${(await stat(out)).size} bytes)`);
}

try {
  const options = { version: { type: "string" }, out: { type: "string" }, help: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [project, file, ...more] = positionals;
  if (values.help || !project || !file || more.length > 0) {
    console.error(USAGE);
    process.exitCode = values.help ? 0 : 2;
  } else await exportFile(project, file, toVersion(values.version), values.out ?? `${project}-${file}`);
} catch (error) {
  console.error(error instanceof DomainError ? error.userMessage : error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await database().$disconnect();
}
