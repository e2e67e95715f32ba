import { Checkbox } from "@/app/components/form-fields";
import { type ColumnMapping, ImportColumns } from "./import-columns";
import { ImportFindings } from "./import-findings";
import { ImportIssues } from "./import-issues";
import { ImportPreview } from "./import-preview";
import { answerWords, countAnswers, type FoundFile, type NewOfFile, newAnswers } from "./import-words";

interface Props {
  found: FoundFile;
  /** What of it would be new. */
  fresh: NewOfFile;
  mapping: ColumnMapping;
  takeAnswers: boolean;
  isStarting: boolean;
  /** Whether the faults are shown already, by the server's refusal. */
  hideIssues: boolean;
  onMapping: (mapping: ColumnMapping) => void;
  onTakeAnswers: (take: boolean) => void;
  /** Takes the rows without a fault. */
  onTakeGood: () => void;
}

/** What a look at the file has found, and what a person may say to it. */
export function ImportFound({ found, fresh, mapping, takeAnswers, isStarting, hideIssues, ...on }: Props) {
  const answers = newAnswers(found);
  const hasLabels = countAnswers(answers) > answers.openTask;
  return (
    <>
      <ImportFindings found={found} />
      {found.issueCount > 0 && !hideIssues && (
        <ImportIssues
          issues={found.issues}
          count={found.issueCount}
          goodRows={
            found.canLeaveOut && fresh.isAny
              ? { count: found.total, leftOut: found.badRows, busy: isStarting, onTake: on.onTakeGood }
              : undefined
          }
        />
      )}
      <ImportColumns
        columns={found.columns}
        mapping={mapping}
        needed={found.total === 0 && found.columns.length > 0}
        onChange={on.onMapping}
      />
      {countAnswers(answers) > 0 && (
        <Checkbox
          checked={takeAnswers}
          onChange={(event) => on.onTakeAnswers(event.target.checked)}
          label={
            hasLabels
              ? `Import the answers as labels: ${answerWords(answers)}`
              : `Import ${answerWords(answers)} as well`
          }
          hint={
            hasLabels
              ? "Imported labels train models like labels given here, are marked as imported, and can be excluded. A pair that does not say how much better its chosen completion is counts as clearly better."
              : "Annotators are asked about imported tasks as they are about those made here."
          }
        />
      )}
      <ImportPreview preview={found} ready={fresh.prompts} />
    </>
  );
}
