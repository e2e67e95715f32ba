import { DomainError } from "@/domain/errors";
import { placeText } from "@/domain/intake/place";

/** A fault of one row of a file. `line` counts from 1; 0 is the file as a whole. */
export interface ImportIssue {
  line: number;
  /** The index in a JSON array or a Parquet file, from 0. */
  element?: number;
  field?: string;
  message: string;
}

/** An import with faults, from which nothing was taken. */
export class ImportRefused extends DomainError {
  /** @param count the number of all faults, of which `faults` are the first */
  constructor(fileName: string, faults: readonly ImportIssue[], count = faults.length) {
    const first = faults[0];
    const place = first ? placeText(fileName, first) : fileName;
    const more = count > 1 ? ` (and ${count - 1} more)` : "";
    const line = `${place}: ${first?.field ? `${first.field}: ` : ""}${first?.message ?? "nothing to import"}${more}`;
    const issues = faults.map(({ field, ...rest }) => ({ ...rest, path: field?.split(".") ?? [] }));
    super("import-refused", line, line, undefined, issues);
  }
}
