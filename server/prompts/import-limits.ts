import { z } from "zod";
import { MAPPED_ROLES } from "@/domain/intake/mapped-roles";
import { textSchema } from "@/domain/storable-text";

const MB = 1024 * 1024;

/** A file may have this many bytes. The limit is kept while they arrive. */
export const MAX_FILE_BYTES = 512 * MB;
/** A file may have this many rows. */
export const MAX_ROWS = 1_000_000;
/** So many complaints are shown of a file at most: who has more wants to look at the first ones anyway. */
export const MAX_ISSUES = 200;
/** A file that nobody has imported is kept for a day. */
export const KEPT_MILLISECONDS = 24 * 3600 * 1000;

/** A line of JSONL may have 1 MB; what is read as one value in other formats may have 16 MB. */
export const READ_LIMITS = {
  maxLineBytes: MB,
  maxLineWords: "the line is {size} long; at most 1 MB is read",
  maxRowCharacters: 16 * MB,
};

/** The hint that a file's name gives; it decides only where the content may be one or the other. */
export const hintSchema = z.enum(["jsonl", "csv"]).nullable();

export const fileNameSchema = textSchema.trim().min(1).max(255);

/** The roles of columns, where a person gave them. */
export const mappingSchema = z.record(z.string().max(200), z.enum(MAPPED_ROLES));
export type ColumnMapping = z.infer<typeof mappingSchema>;
