import { MAX_LINE_BYTES } from "./import-file";
import type { ImportIssue } from "./import-refused";

export interface TextLine {
  /** From 1, as an editor counts. */
  line: number;
  text: string;
}

const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

/**
 * Cuts a file into lines while it is still bytes, so that a line that is too long or no UTF-8 can be named and the
 * others read all the same. A byte order mark and carriage returns at the ends of lines are dropped.
 */
export function splitLines(bytes: Buffer): { lines: TextLine[]; issues: ImportIssue[] } {
  const lines: TextLine[] = [];
  const issues: ImportIssue[] = [];
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let start = bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
  for (let line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    const content = bytes.subarray(start, end > start && bytes[end - 1] === 0x0d ? end - 1 : end);
    start = end + 1;
    if (content.length > MAX_LINE_BYTES) {
      issues.push({ line, message: `the line is ${megabytes(content.length)} long; at most 1 MB is read` });
      continue;
    }
    const text = decode(decoder, content);
    if (text === null) issues.push({ line, message: `byte ${invalidByte(content)} of the line is not UTF-8` });
    else lines.push({ line, text });
  }
  return { lines, issues };
}

function decode(decoder: TextDecoder, content: Buffer): string | null {
  try {
    return decoder.decode(content);
  } catch (error) {
    if (error instanceof TypeError) return null; // what TextDecoder throws for bytes that are no UTF-8
    throw error;
  }
}

/** Where the first byte stands that a repair would change, from 1. */
function invalidByte(content: Buffer): number {
  const repaired = Buffer.from(content.toString("utf8"));
  let index = 0;
  while (index < content.length && content[index] === repaired[index]) index++;
  return index + 1;
}
