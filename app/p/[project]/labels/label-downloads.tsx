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
      (the labels that count, with their prompts, completions and annotator ids; it can be imported again) or{" "}
      <a href={`${base}/labels.csv`} download className="link">
        labels.csv
      </a>{" "}
      (one row for each label, including corrected ones, for a spreadsheet; without the texts of the completions).
    </p>
  );
}
