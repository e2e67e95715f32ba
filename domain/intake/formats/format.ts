import type { FileTask } from "../file-task";
import type { IntakeItem } from "../items";
import type { Parts } from "../parts";
import type { RowFields } from "../row-fields";

/**
 * A format's reading of a row: the parts of one example, or items that the format has made itself. Tuneloop's own files
 * hold a whole task beside them, which an import keeps as it is.
 */
export type Reading =
  | { parts: Parts }
  | { items: Pick<IntakeItem, "prompt" | "said">[]; task?: FileTask }
  | { text: string };

/** The way in which a tool, this one included, writes its rows. */
export interface Format {
  /** The format's name in words, for the preview. */
  name: string;
  /** Recognises a row by its keys alone. A row is read by the first format that it matches. */
  matches(row: RowFields): boolean;
  /** @throws Fault that names the key, or the tool and the way out */
  read(row: RowFields): Reading;
}
