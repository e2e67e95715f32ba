import { z } from "zod";
import { MAPPED_ROLES } from "@/domain/intake/mapped-roles";

export const MAX_FILE_BYTES = 10 * 1024 * 1024;
export const MAX_LINE_BYTES = 1024 * 1024;
export const MAX_ROWS = 100_000;
/** So many complaints are shown of a file at most: who has more wants to look at the first ones anyway. */
export const MAX_ISSUES = 200;

/** The schema lets in more than 10 MB, so that the answer can still name the line that makes the file so long. */
const MAX_BASE64 = 4 * MAX_FILE_BYTES;

export const importFileSchema = z.object({
  fileName: z.string().trim().min(1).max(255),
  /** The hint that the name gives; it decides only where the content may be one or the other. */
  format: z.enum(["jsonl", "csv"]).nullable(),
  /** The roles of columns, where the person gave them. */
  mapping: z.record(z.string().max(200), z.enum(MAPPED_ROLES)).optional(),
  contentBase64: z.string().max(MAX_BASE64, "a file has at most 10 MB"),
});

/** True where rows with a fault are left out, instead of refusing the file. */
export const leaveOutSchema = z.boolean().default(false);

/** True where the answers beside the prompts (`completion`, `chosen` and `rejected` …) become labels. */
export const takeAnswersSchema = z.boolean().default(false);
export type ImportFile = z.infer<typeof importFileSchema>;
