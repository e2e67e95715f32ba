import { z } from "zod";

/** 10 MB of bytes; a little more is let in, so that the answer can name the line that is too long. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;
export const MAX_LINE_BYTES = 1024 * 1024;
export const MAX_ROWS = 100_000;

export const importFileSchema = z.object({
  fileName: z.string().trim().min(1).max(255),
  format: z.enum(["jsonl", "csv"]),
  contentBase64: z.base64("the file did not arrive whole").max(2 * MAX_FILE_BYTES, "a file has at most 10 MB"),
});
export type ImportFile = z.infer<typeof importFileSchema>;
