import { DomainError } from "@/domain/errors";

/** What is wrong with one line of a file. `line` counts from 1; 0 is the file as a whole. */
export interface ImportIssue {
  line: number;
  field?: string;
  message: string;
}

/** An import with faults: nothing of it was taken. */
export class ImportRefused extends DomainError {
  constructor(fileName: string, faults: readonly ImportIssue[]) {
    const first = faults[0];
    const place = first?.line ? `${fileName}:${first.line}` : fileName;
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
    const line = `${place}: ${first?.field ? `${first.field}: ` : ""}${first?.message ?? "nothing to import"}${more}`;
    const issues = faults.map(({ line, field, message }) => ({ line, path: field?.split(".") ?? [], message }));
    super("import-refused", line, line, undefined, issues);
  }
}
