import { Button } from "@/app/components/button";
import { plural } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import type { ImportView } from "@/server/prompts/import-row";
import { importedWords } from "./import-words";
import { ReportLinks } from "./report-links";

/** What became of a file: taken in, with or without some rows; failed; or stopped. */
export function ImportOutcome({ view, onRetry }: { view: ImportView; onRetry: () => void }) {
  const { id, fileName, outcome } = view;
  if (view.status === "failed")
    return (
      <Notice
        tone="bad"
        title={`${fileName} could not be imported`}
        action={
          <Button size="sm" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        <p>{view.error}</p>
        <p>None of its prompts were taken in.</p>
      </Notice>
    );
  if (view.status === "cancelled")
    return <Notice title={`The import of ${fileName} was stopped`}>None of its prompts were taken in.</Notice>;
  return (
    <div className="grid gap-3" role="status">
      <Notice tone="good" title={`${importedWords({ ...outcome, prompts: outcome.accepted })} imported`}>
        {outcome.duplicates > 0 &&
          `${plural(outcome.duplicates, "prompt")} that the project or the file already had ${outcome.duplicates === 1 ? "was" : "were"} imported only once.`}
      </Notice>
      {outcome.leftOut > 0 && (
        <Notice tone="warn" title={`${plural(outcome.leftOut, "row")} left out`}>
          <p>
            The report names the line, the field and the reason for each. It stays with the import, under Files on the
            prompts page.
          </p>
          <ReportLinks importId={id} />
        </Notice>
      )}
    </div>
  );
}
