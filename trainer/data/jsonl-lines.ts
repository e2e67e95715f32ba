import { open, stat } from "node:fs/promises";
import { DomainError } from "@/domain/errors";

/** A line longer than this is no training record but a broken file (a missing line end, a binary), and is refused. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;

/** `line` counts from 1; `value` is what JSON.parse gave. */
export type JsonLine = { line: number; value: unknown };

/**
 * Reads a JSONL file line by line, never the whole file at once. Empty lines are passed over.
 *
 * @param name how the file is called in messages
 * @throws DomainError `dataset-invalid` naming file and line: broken JSON, invalid UTF-8, a line over 8 MiB
 */
export async function* readJsonLines(path: string, name = path): AsyncGenerator<JsonLine> {
  for await (const { line, bytes } of readByteLines(path, name)) {
    const text = decode(bytes, name, line);
    if (text.trim() === "") continue;
    try {
      yield { line, value: JSON.parse(text) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const hint =
        line === 1 && text.trimStart().startsWith("[") ? "; a JSON array is no JSONL: one record a line" : "";
      throw invalidDataset(`${name}:${line}: not valid JSON (${shorten(reason)})${hint}`, error);
    }
  }
}

async function* readByteLines(path: string, name: string): AsyncGenerator<{ line: number; bytes: Uint8Array }> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === "ENOENT" ? "no such file" : error.message;
    throw invalidDataset(`${name}: ${reason}`, error);
  });
  let line = 1;
  let parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of file.createReadStream({ highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
        parts.push(chunk.subarray(start, end));
        checkLength(length + end - start, name, line);
        yield { line, bytes: Buffer.concat(parts) };
        parts = [];
        length = 0;
        line += 1;
        start = end + 1;
      }
      parts.push(chunk.subarray(start));
      length += chunk.length - start;
      checkLength(length, name, line);
    }
    if (length > 0) yield { line, bytes: Buffer.concat(parts) };
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw invalidDataset(`${name}: ${error instanceof Error ? error.message : String(error)}`, error);
  } finally {
    await file.close();
  }
}

function checkLength(bytes: number, name: string, line: number): void {
  if (bytes <= MAX_LINE_BYTES) return;
  throw invalidDataset(
    `${name}:${line}: the line is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB; is a line end missing?`,
  );
}

function decode(bytes: Uint8Array, name: string, line: number): string {
  try {
    // Decodes strictly, so that wrong bytes are not silently trained on as replacement characters. A byte-order mark is
    // dropped.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw invalidDataset(`${name}:${line}: not valid UTF-8; save the file as UTF-8`, error);
  }
}

function shorten(text: string): string {
  const oneLine = text.replace(/\s+/g, " ");
  return oneLine.length > 160 ? `${oneLine.slice(0, 157)}…` : oneLine;
}

export function invalidDataset(message: string, cause?: unknown): DomainError {
  return new DomainError("dataset-invalid", message, message, cause);
}

/**
 * Whether the records lie in a folder (a dataset version's) or in one file.
 *
 * @param name how the file is called in messages
 * @throws DomainError `dataset-invalid` if neither is there
 */
export async function isFolder(dataset: string, name = dataset): Promise<boolean> {
  const status = await stat(dataset).catch((error: NodeJS.ErrnoException) => {
    throw invalidDataset(`${name}: ${error.code === "ENOENT" ? "no such file or folder" : error.message}`, error);
  });
  return status.isDirectory();
}
