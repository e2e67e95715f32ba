import { pathsOf } from "@/domain/paths";

/** Offers the project's labels as files and says what each of them holds. */
export function LabelDownloads({ project }: { project: string }) {
  const base = pathsOf(project).files.labels;
  return (
    <p className="mb-3 text-muted text-xs">
      Download{" "}
      <a href={`${base}/labels.jsonl`} download className="link">
        labels.jsonl
      </a>{" "}
      (the labels that count, with prompts, completions and the ids of people; an import reads it) or{" "}
      <a href={`${base}/labels.csv`} download className="link">
        labels.csv
      </a>{" "}
      (a row for each label, corrected ones too, for a spreadsheet; the completions’ texts are not in it).
    </p>
  );
}
