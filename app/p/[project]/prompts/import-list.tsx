"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/app/components/button";
import { Sheet } from "@/app/components/dialog";
import { EmptyState } from "@/app/components/empty-state";
import { errorText } from "@/app/components/error-text";
import { plural } from "@/app/components/format";
import { LoadMore } from "@/app/components/load-more";
import { Loaded } from "@/app/components/loaded";
import { Notice } from "@/app/components/notice";
import { RelativeTime } from "@/app/components/relative-time";
import { SkeletonLines } from "@/app/components/skeleton";
import { toast } from "@/app/components/toast";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { isUnderWay } from "@/domain/runs/job-status";
import { useProject } from "../project-context";
import { ImportProgress } from "./import-progress";
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
    trpc.prompts.imports.infiniteQueryOptions(
      { project: slug },
      {
        getNextPageParam: (page) => page.nextCursor,
        refetchInterval: ({ state }) =>
          state.data?.pages.some(({ rows }) => rows.some(({ status }) => isUnderWay(status))) ? 1_500 : false,
      },
    ),
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

type Row = Outputs["prompts"]["imports"]["rows"][number];

function ImportedFile({ row }: { row: Row }) {
  return (
    <li className="border-line border-b pb-3 last:border-b-0">
      <p className="font-medium [overflow-wrap:anywhere]">{row.fileName}</p>
      <p className="text-muted text-xs">
        {row.format && `${row.format} · `}
        <RelativeTime date={row.createdAt} /> · {row.createdBy.name}
      </p>
      <ImportState row={row} />
      {row.leftOutCount > 0 && (
        <>
          <p>{plural(row.leftOutCount, "row")} left out because of a fault</p>
          <ReportLinks importId={row.id} />
        </>
      )}
    </li>
  );
}

/** How far an import is, or what became of it. */
function ImportState({ row }: { row: Row }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const options = {
    onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.prompts.pathKey() }),
    onError: (problem: unknown) => void toast({ tone: "bad", title: errorText(problem) }),
  };
  const stop = useMutation(trpc.prompts.cancelImport.mutationOptions(options));
  const retry = useMutation(trpc.prompts.retryImport.mutationOptions(options));
  const one = { project: slug, importId: row.id };
  if (isUnderWay(row.status))
    return (
      <ImportProgress
        title="Importing"
        activity={row.activity}
        doneBytes={row.doneBytes}
        totalBytes={row.sizeBytes}
        doneRows={row.doneRows}
        stop={{ label: "Stop", busy: stop.isPending || stop.isSuccess, onStop: () => stop.mutate(one) }}
      />
    );
  if (row.status === "cancelled") return <p>Stopped; nothing was taken in</p>;
  if (row.status === "failed")
    return (
      <Notice
        tone="bad"
        title="Failed; nothing was taken in"
        action={
          <Button size="sm" busy={retry.isPending} onClick={() => retry.mutate(one)}>
            Try again
          </Button>
        }
      >
        {row.error}
      </Notice>
    );
  const counts = [
    plural(row.acceptedCount, "new prompt"),
    plural(row.labelCount, "label"),
    row.taskCount > 0 && plural(row.taskCount, "open task"),
    row.duplicateCount > 0 && `${plural(row.duplicateCount, "prompt")} already known`,
  ].filter(Boolean);
  return (
    <p className="mt-0.5">
      {plural(row.rowCount, "row")} imported: {counts.join(", ")}
    </p>
  );
}
