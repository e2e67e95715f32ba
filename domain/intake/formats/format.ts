import type { IntakeItem } from "../items";
import type { Parts } from "../parts";
import type { RowFields } from "../row-fields";

/** What a format gives: the parts of one example, or items that it has made itself. */
export type Reading = { parts: Parts } | { items: Pick<IntakeItem, "prompt" | "said">[] } | { text: string };

/** How another tool, or this one, writes its rows. */
export interface Format {
  /** In words, for the preview. */
  name: string;
  /** By the keys alone; a row is read by the first format that it matches. */
  matches(row: RowFields): boolean;
  /** @throws Fault that names the key, or the tool and the way out */
  read(row: RowFields): Reading;
}
