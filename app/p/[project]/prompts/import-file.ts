import { isKnownColumn } from "@/domain/intake/known-columns";

export type ImportFile = { fileName: string; format: "jsonl" | "csv"; contentBase64: string };

/** A little more than the server takes, so that its answer can name the line; beyond that nothing is sent at all. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** The bytes go as they are: whether they are valid UTF-8 is for the server to say, with the line. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let start = 0; start < bytes.length; start += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  return btoa(binary);
}

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
    format: structured ? guessFormat("", text) : "jsonl",
    contentBase64: toBase64(new TextEncoder().encode(content)),
  };
}
