"use client";

import { Download } from "lucide-react";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";

/** Downloads of the rows that an import left out, as a table and as JSON lines. */
export function ReportLinks({ importId }: { importId: string }) {
  const { slug } = useProject();
  const files = pathsOf(slug).files.importReport(importId);
  return (
    <p className="mt-1 flex flex-wrap gap-x-3 gap-y-1">
      <a href={`${files}/report.csv`} download className="link inline-flex items-center gap-1.5">
        <Download aria-hidden className="size-4" /> Download report (CSV)
      </a>
      <a href={`${files}/report.jsonl`} download className="link inline-flex items-center gap-1.5">
        <Download aria-hidden className="size-4" /> Download report (JSONL)
      </a>
    </p>
  );
}
