import { readRowBatches } from "@/domain/intake/read-row-batches";
import type { ProjectActor } from "../access/actor";
import { database } from "../database/client";
import { RowFinder } from "../prompts/found-rows";
import { type ColumnMapping, READ_LIMITS } from "../prompts/import-limits";
import { describeImport, type ImportPreview, previewOf } from "../prompts/import-row";
import { answerKey, type ImportedAnswer } from "../prompts/imported-answer";
import { performImport } from "../prompts/perform-import";
import { performPreview } from "../prompts/perform-preview";
import { remapImport } from "../prompts/remap-import";
import { startImport } from "../prompts/start-import";
import { type TakenPrompt, takeRow } from "../prompts/taken-row";
import { uploadImport } from "../prompts/upload-import";

/** A file as a person has it, for tests. */
export interface TestFile {
  fileName: string;
  format: "jsonl" | "csv" | null;
  contentBase64: string;
  mapping?: ColumnMapping;
}

type Importing = TestFile & { actor: ProjectActor };

export const never = new AbortController().signal;

async function* chunksOf(content: Buffer): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < content.length; start += 100_000) yield content.subarray(start, start + 100_000);
}

/** Uploads a file as the site does. Its look waits in the queue, which has no worker here. */
export async function upload({ actor, fileName, format, contentBase64, mapping }: Importing): Promise<string> {
  const content = Buffer.from(contentBase64, "base64");
  const { importId } = await uploadImport({
    ...{ actor, fileName, hint: format, bytes: chunksOf(content), announced: content.length },
  });
  if (mapping) await remapImport({ actor, importId, mapping });
  return importId;
}

/** Uploads a file and has it looked at. */
export async function previewFile(file: Importing): Promise<ImportPreview & { importId: string }> {
  const importId = await upload(file);
  await performPreview(importId, { signal: never });
  const row = await database().promptImport.findUniqueOrThrow({ where: { id: importId } });
  const found = row.status === "ready" ? previewOf(row) : null;
  if (!found) throw new Error(`the look at ${row.fileName} ended as ${row.status}: ${row.errorMessage}`);
  return { ...found, importId };
}

/**
 * Takes a file in as a person does who looks at it first.
 * @throws ImportRefused
 */
export async function importPrompts({
  takeAnswers = false,
  leaveOut = false,
  ...file
}: Importing & { takeAnswers?: boolean; leaveOut?: boolean }) {
  const { importId } = await previewFile(file);
  await startImport({ actor: file.actor, importId, takeAnswers, leaveOut });
  await performImport(importId, { signal: never });
  const row = await describeImport(await database().promptImport.findUniqueOrThrow({ where: { id: importId } }));
  if (row.status !== "completed") throw new Error(`the import of ${row.fileName} ended as ${row.status}: ${row.error}`);
  return { importId, ...row.outcome };
}

/** Reads what an import would take of a file, without a database: its prompts and answers, each once. */
export async function readImportFile({ contentBase64, format, mapping = {} }: TestFile) {
  const content = Buffer.from(contentBase64, "base64");
  const finder = new RowFinder(mapping);
  const prompts = new Map<string, TakenPrompt>();
  const answers = new Map<string, { hash: string; answer: ImportedAnswer }>();
  let container: Parameters<RowFinder["finish"]>[0] = null;
  const source = { chunks: () => chunksOf(content), anywhere: async () => null };
  for await (const batch of readRowBatches(source, READ_LIMITS, format)) {
    container = batch.container;
    for (const row of batch.rows) {
      finder.add(row);
      const taken = takeRow(row, mapping);
      for (const prompt of taken.kind === "taken" ? taken.prompts : []) {
        const { hash, answer } = prompt;
        if (!prompts.has(hash)) prompts.set(hash, prompt);
        if (answer && !answers.has(answerKey(hash, answer))) answers.set(answerKey(hash, answer), { hash, answer });
      }
    }
  }
  return { ...finder.finish(container), prompts: [...prompts.values()], answers: [...answers.values()] };
}
