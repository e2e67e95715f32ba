"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Sheet } from "@/app/components/dialog";
import { EmptyState } from "@/app/components/empty-state";
import { plural } from "@/app/components/format";
import { LoadMore } from "@/app/components/load-more";
import { Loaded } from "@/app/components/loaded";
import { RelativeTime } from "@/app/components/relative-time";
import { SkeletonLines } from "@/app/components/skeleton";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";
import { ReportLinks } from "./report-links";

/** The files that were taken in, each with what became of it and the report of what stayed out. */
export function ImportList({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      title="Imported files"
      description="Every imported file, with the time of its import."
    >
      {open && <Imports />}
    </Sheet>
  );
}

function Imports() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const imports = useInfiniteQuery(
    trpc.prompts.imports.infiniteQueryOptions({ project: slug }, { getNextPageParam: (page) => page.nextCursor }),
  );
  return (
    <Loaded query={imports} skeleton={<SkeletonLines lines={6} />}>
      {({ pages }) => {
        const rows = pages.flatMap((page) => page.rows);
        if (rows.length === 0)
          return <EmptyState title="No files yet">Each file that you import is listed here.</EmptyState>;
        return (
          <div className="grid gap-3">
            <ul className="grid gap-3">
              {rows.map((row) => (
                <ImportedFile key={row.id} row={row} />
              ))}
            </ul>
            <LoadMore query={imports} shown={plural(rows.length, "file")} total={pages[0]?.total} />
          </div>
        );
      }}
    </Loaded>
  );
}

function ImportedFile({ row }: { row: Outputs["prompts"]["imports"]["rows"][number] }) {
  const counts = [
    plural(row.acceptedCount, "new prompt"),
    plural(row.labelCount, "label"),
    row.duplicateCount > 0 && `${plural(row.duplicateCount, "prompt")} already known`,
  ].filter(Boolean);
  return (
    <li className="border-line border-b pb-3 last:border-b-0">
      <p className="font-medium [overflow-wrap:anywhere]">{row.fileName}</p>
      <p className="text-muted text-xs">
        {row.format} · <RelativeTime date={row.createdAt} /> · {row.createdBy.name}
      </p>
      <p className="mt-0.5">
        {plural(row.rowCount, "row")} imported: {counts.join(", ")}
      </p>
      {row.leftOutCount > 0 && (
        <>
          <p>{plural(row.leftOutCount, "row")} left out because of a fault</p>
          <ReportLinks importId={row.id} />
        </>
      )}
    </li>
  );
}
