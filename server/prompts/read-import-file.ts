import { DomainError } from "@/domain/errors";
import { CONTAINER_WORDS } from "@/domain/intake/containers/sniff";
import { IntakeReader } from "@/domain/intake/intake-reader";
import { type ReadFile, RowCollector } from "./collect-rows";
import { type ImportFile, MAX_FILE_BYTES, MAX_LINE_BYTES } from "./import-file";

export type { HashedAnswer, HashedPrompt, ReadFile } from "./collect-rows";

/** The time of work between two looks at what else the process has to do. */
const CHUNK_BYTES = 128 * 1024;
const LIMITS = { maxLineBytes: MAX_LINE_BYTES, maxLineWords: "the line is {size} long; at most 1 MB is read" };

/** Reads a file of prompts and finds every fault in it; nothing is written. */
export function readImportFile(file: ImportFile): ReadFile {
  const steps = readInSteps(file);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Reads a file like `readImportFile`, and lets other requests be served in between. */
export async function readImport(file: ImportFile): Promise<ReadFile> {
  const steps = readInSteps(file);
  for (;;) {
    const step = steps.next();
    if (!step.done) {
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    return step.value;
  }
}

function* readInSteps(file: ImportFile): Generator<void, ReadFile> {
  const { fileName, contentBase64, format, mapping } = file;
  const bytes = Buffer.from(contentBase64, "base64");
  if (bytes.length !== Math.floor((contentBase64.replace(/=+$/, "").length * 3) / 4))
    throw new DomainError(
      "import-broken",
      `${fileName}: not base64`,
      `${fileName} did not arrive completely. Try again.`,
    );
  const collector = new RowCollector(mapping);
  if (bytes.length > MAX_FILE_BYTES) {
    const message = `the file is ${(bytes.length / 1024 / 1024).toFixed(1)} MB; at most 10 MB are read`;
    collector.refuseFile({ place: { line: 0 }, message });
  }
  const reader = new IntakeReader(LIMITS, format);
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    for (const row of reader.push(bytes.subarray(start, start + CHUNK_BYTES))) collector.add(row);
    yield;
  }
  for (const row of reader.end()) collector.add(row);
  const { container } = reader;
  return collector.finish(container === null ? "file" : CONTAINER_WORDS[container]);
}
