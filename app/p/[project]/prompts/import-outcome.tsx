import { plural } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { importedWords } from "./import-words";
import { ReportLinks } from "./report-links";

export interface Outcome {
  importId: string;
  accepted: number;
  duplicates: number;
  labels: number;
  leftOut: number;
}

/** What became of a file whose good rows were taken. */
export function ImportOutcome({ outcome }: { outcome: Outcome }) {
  const { importId, accepted, duplicates, labels, leftOut } = outcome;
  return (
    <div className="grid gap-3" role="status">
      <Notice tone="good" title={`${importedWords(accepted, labels)} imported`}>
        {duplicates > 0 &&
          `Not imported again: ${plural(duplicates, "prompt")} that the project already had or that the file repeats.`}
      </Notice>
      <Notice tone="warn" title={`${plural(leftOut, "row")} left out`}>
        <p>
          The report gives the line, field and reason of each row. You can find it later under Files on the prompts
          page.
        </p>
        <ReportLinks importId={importId} />
      </Notice>
    </div>
  );
}
