"use client";

import { useQuery } from "@tanstack/react-query";
import { plural } from "@/app/components/format";
import { useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";

/** Offers the project's labels as files and says, before anybody downloads one, what each of them holds. */
export function LabelDownloads() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const counts = useQuery(trpc.labels.exportCounts.queryOptions({ project: slug })).data;
  const base = pathsOf(slug).files.labels;
  return (
    <p className="mb-3 text-muted text-xs">
      Download{" "}
      <a href={`${base}/labels.jsonl`} download className="link">
        labels.jsonl
      </a>{" "}
      ({counts ? `${plural(counts.labels, "label")} that count` : "the labels that count"}, with their prompts, tasks,
      completions, notes and people; an import restores them all
      {counts && counts.excluded > 0
        ? `; ${counts.excluded} of them are marked as kept out of dataset versions, and come back excluded`
        : ""}
      ) or{" "}
      <a href={`${base}/labels.csv`} download className="link">
        labels.csv
      </a>{" "}
      ({counts ? `${plural(counts.all, "row")}, one for each label` : "one row for each label"}, including corrected and
      withdrawn ones, for a spreadsheet; without the texts of the completions).
    </p>
  );
}
