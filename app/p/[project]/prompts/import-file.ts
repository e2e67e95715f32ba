import { isKnownColumn } from "@/domain/intake/known-columns";

/** A file as it is uploaded: its bytes as they are, and what its name says of the format. */
export type ImportFile = { fileName: string; hint: "jsonl" | "csv"; content: Blob };

/** The server takes no more; a larger file is not even sent. */
export const MAX_FILE_BYTES = 512 * 1024 * 1024;

/** By the file's ending, else by its first character. */
export function guessFormat(fileName: string, start: string): "jsonl" | "csv" {
  if (/\.(csv|tsv)$/i.test(fileName)) return "csv";
  if (/\.(jsonl|ndjson|json)$/i.test(fileName)) return "jsonl";
  return isJson(start.trimStart()) ? "jsonl" : "csv";
}

/** An object, or a list of them: a question may begin with a bracket. */
const isJson = (start: string): boolean => /^(\{|\[\s*(\{|\]))/.test(start);

/** Whether a pasted text is a file's content: JSON, or a table, whose header has several known columns or begins with the prompt. */
function isStructured(start: string): boolean {
  if (isJson(start) || /^"?sep=/i.test(start)) return true;
  const cells = (start.split(/\r?\n/, 1)[0] ?? "")
    .split(/[,;\t|]/)
    .map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  const known = cells.filter(isKnownColumn).length;
  return (known > 1 && known >= cells.length / 2) || /^(prompt|instruction)$/i.test(cells[0] ?? "");
}

/** Plain lines without any structure are taken as one prompt each, byte for byte; lines of white space are no prompts. */
export function pastedFile(text: string): ImportFile {
  const structured = isStructured(text.trimStart());
  const content = structured
    ? text
    : text
        .split(/\r?\n/)
        .filter((line) => line.trim())
        .map((line) => JSON.stringify({ prompt: line }))
        .join("\n");
  return {
    fileName: "pasted text",
    hint: structured ? guessFormat("", text) : "jsonl",
    content: new Blob([content]),
  };
}
