import { Button } from "@/app/components/button";
import { plural } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { placeWords } from "./import-words";

type Issue = { line?: number; element?: number; field?: string | null; message: string };

interface Props {
  /** The first ones of `count`. */
  issues: Issue[];
  count: number;
  /** The rows without a fault, where they can be taken without the others. */
  goodRows?: { count: number; leftOut: number; busy: boolean; onTake: () => void };
}

/** What is wrong, line by line. Nothing is taken in while there is one, unless a person leaves those rows out. */
export function ImportIssues({ issues, count, goodRows }: Props) {
  return (
    <Notice tone="bad" title={`${plural(count, "problem")} found. Nothing is imported until the file is corrected.`}>
      <ul className="mt-1.5 grid max-h-52 gap-1 overflow-y-auto">
        {issues.map((issue) => (
          <li key={`${issue.line} ${issue.element} ${issue.field} ${issue.message}`} className="text-ink">
            <span className="mr-2 font-medium tabular-nums">{placeWords(issue)}</span>
            {issue.field && <code className="mr-2 font-mono text-xs">{issue.field}</code>}
            {issue.message}
          </li>
        ))}
      </ul>
      {count > issues.length && <p className="mt-1 text-xs">Only the first {issues.length} are shown.</p>}
      {goodRows && (
        <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <Button size="sm" busy={goodRows.busy} onClick={goodRows.onTake}>
            Import the {plural(goodRows.count, "good row")}
          </Button>
          <span className="text-xs">
            {plural(goodRows.leftOut, "row")} {goodRows.leftOut === 1 ? "is" : "are"} left out. Afterwards you can
            download a report that gives the line, field and reason of each.
          </span>
        </div>
      )}
    </Notice>
  );
}
