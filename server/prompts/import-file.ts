import { z } from "zod";
import { MAPPED_ROLES } from "@/domain/intake/mapped-roles";

export const MAX_FILE_BYTES = 10 * 1024 * 1024;
export const MAX_LINE_BYTES = 1024 * 1024;
export const MAX_ROWS = 100_000;
/** So many complaints are shown of a file at most: who has more wants to look at the first ones anyway. */
export const MAX_ISSUES = 200;

/** More than 10 MB is let in here, so that the answer can still name the line that makes the file so long. */
const MAX_BASE64 = 4 * MAX_FILE_BYTES;

export const importFileSchema = z.object({
  fileName: z.string().trim().min(1).max(255),
  /** What the name suggests; it decides only where the content may be one or the other. */
  format: z.enum(["jsonl", "csv"]).nullable(),
  /** Which column plays which role, where the person said so. */
  mapping: z.record(z.string().max(200), z.enum(MAPPED_ROLES)).optional(),
  contentBase64: z.string().max(MAX_BASE64, "a file has at most 10 MB"),
});

/** Whether rows with a fault are left out, instead of refusing the file. */
export const leaveOutSchema = z.boolean().default(false);

/** Whether what stands beside the prompts (`completion`, `chosen` and `rejected` …) becomes labels. */
export const takeAnswersSchema = z.boolean().default(false);
export type ImportFile = z.infer<typeof importFileSchema>;
