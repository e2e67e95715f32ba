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
  if (/\.csv$/i.test(fileName)) return "csv";
  if (/\.(jsonl|ndjson|json)$/i.test(fileName)) return "jsonl";
  return start.trimStart().startsWith("{") ? "jsonl" : "csv";
}

/** Plain lines without any structure are taken as one prompt each. */
export function pastedFile(text: string): ImportFile {
  const start = text.trimStart();
  const structured = start.startsWith("{") || /^"?(prompt|instruction)"?\s*(,|$)/im.test(start.split("\n", 1)[0] ?? "");
  const content = structured
    ? text
    : text
        .split(/\r?\n/)
        .filter((line) => line.trim())
        .map((line) => JSON.stringify({ prompt: line.trim() }))
        .join("\n");
  return {
    fileName: "pasted text",
    format: structured ? guessFormat("", text) : "jsonl",
    contentBase64: toBase64(new TextEncoder().encode(content)),
  };
}
