import { DomainError } from "@/domain/errors";

/** What is wrong with one line of a file. `line` counts from 1; 0 is the file as a whole. */
export interface ImportIssue {
  line: number;
  field?: string;
  message: string;
}

/** An import with faults: nothing of it was taken. */
export class ImportRefused extends DomainError {
  readonly faults: ImportIssue[];

  constructor(fileName: string, issues: ImportIssue[]) {
    const first = issues[0];
    const place = first?.line ? `${fileName}:${first.line}` : fileName;
    const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
    super(
      "import-refused",
      `${place}: ${first?.field ? `${first.field}: ` : ""}${first?.message ?? "nothing to import"}${more}`,
    );
    this.faults = issues;
  }
}
