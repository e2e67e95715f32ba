import type { IntakeItem, Said } from "../intake/items";
import { readRow } from "../intake/read-row";
import type { Turn } from "../intake/turns";
import { STRENGTH_MARGIN } from "../labels/comparison";
import { EXPORT_FORMATS, type ExportFormatName, type Written } from "./export-formats";

/**
 * A record as a row of a format, or why it is left out. What is written is read back at once: a text that another tool's
 * reading (and this project's) would take for something else, such as an instruction that is a list of messages itself, is
 * left out rather than turned into another record.
 */
export function writeItem(item: IntakeItem, format: ExportFormatName): Written {
  const written = EXPORT_FORMATS[format].write(item);
  if ("leftOut" in written) return written;
  const read = readRow({ place: { line: 1 }, fields: written.row });
  const [again, second] = "items" in read ? read.items : [];
  const isSame = again !== undefined && second === undefined && meaningOf(again) === meaningOf(item);
  return isSame
    ? written
    : { leftOut: `that a reader of ${EXPORT_FORMATS[format].title} would take for something else` };
}

/** All that a record says, as one text in a fixed order. */
function meaningOf({ prompt, said, taskType, split, groupId, answer }: IntakeItem): string {
  return JSON.stringify([prompt.map(turnOf), saidOf(said), taskType, split, groupId, answer]);
}

const turnOf = ({ role, content, learned, finished, extras }: Turn) => [
  ...[role, content, learned ?? true, finished ?? true],
  Object.entries(extras ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
];

function saidOf(said: Said): unknown {
  if (said.kind !== "comparison")
    return "completion" in said ? { ...said, completion: said.completion.map(turnOf) } : said;
  const { kind, chosen, rejected, margin, strength } = said;
  // A strength leaves as the margin that it stands for.
  const gap = margin ?? (strength === null ? null : STRENGTH_MARGIN[strength]);
  return { kind, chosen: chosen.map(turnOf), rejected: rejected.map(turnOf), gap };
}
