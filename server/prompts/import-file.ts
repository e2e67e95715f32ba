import { z } from "zod";

export const MAX_FILE_BYTES = 10 * 1024 * 1024;
export const MAX_LINE_BYTES = 1024 * 1024;
export const MAX_ROWS = 100_000;
/** A file is refused with this many complaints at most: who has more wants to look at the first ones anyway. */
export const MAX_ISSUES = 200;

/** More than 10 MB is let in here, so that the answer can still name the line that makes the file so long. */
const MAX_BASE64 = 4 * MAX_FILE_BYTES;

export const importFileSchema = z.object({
  fileName: z.string().trim().min(1).max(255),
  format: z.enum(["jsonl", "csv"]),
  contentBase64: z.string().max(MAX_BASE64, "a file has at most 10 MB"),
});

/** Whether what stands beside the prompts (`completion`, `chosen` and `rejected` …) becomes labels. */
export const takeAnswersSchema = z.boolean().default(false);
export type ImportFile = z.infer<typeof importFileSchema>;
