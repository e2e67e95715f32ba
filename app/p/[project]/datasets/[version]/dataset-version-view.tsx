"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { StatusBadge } from "@/app/components/badge";
import { DownloadList } from "@/app/components/download-list";
import { plural } from "@/app/components/format";
import { LoadMore } from "@/app/components/load-more";
import { Loaded } from "@/app/components/loaded";
import { Notice } from "@/app/components/notice";
import { PageHeader } from "@/app/components/page-header";
import { Panel } from "@/app/components/panel";
import { RelativeTime } from "@/app/components/relative-time";
import { SkeletonLines } from "@/app/components/skeleton";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPC } from "@/app/trpc-client";
import { describeCutRecords } from "@/domain/datasets/cut-records";
import { pathsOf } from "@/domain/paths";
import { LedgerTable } from "../ledger-table";
import { ExportPanel } from "./export-panel";
import { RecordFilter, type RecordSelection } from "./record-filter";
import { RecordList } from "./record-list";

/** A frozen set of records: what is in it, what was left out and why, and who said so. */
export function DatasetVersionView({ datasetVersionId }: { datasetVersionId: string }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const [selection, setSelection] = useState<RecordSelection>({});
  const version = useInfiniteQuery(
    trpc.datasets.get.infiniteQueryOptions(
      { project: slug, datasetVersionId, ...selection },
      { getNextPageParam: (page) => page.nextCursor, placeholderData: keepPreviousData },
    ),
  );
  return (
    <Loaded query={version} skeleton={<SkeletonLines lines={8} />}>
      {({ pages }) => {
        const first = pages[0];
        if (!first) return null;
        const records = pages.flatMap((page) => page.records);
        return (
          <>
            <PageHeader
              trail={[{ label: "Datasets", href: pathsOf(slug).datasets }]}
              title={`Version ${first.version}`}
              badge={<StatusBadge status={first.status} />}
              about={
                <>
                  Created <RelativeTime date={first.createdAt} /> by {first.createdBy.name}
                  {first.runs.length > 0 && " · used by "}
                  {first.runs.map((run) => (
                    <Link key={run.id} href={pathsOf(slug).run(run.id)} className="link mr-2">
                      run #{run.number}
                    </Link>
                  ))}
                </>
              }
            />
            <div className="grid gap-5">
              {first.errorMessage && <Notice tone="bad">{first.errorMessage}</Notice>}
              <div className="grid gap-5 md:grid-cols-2">
                <Panel title="From labels to records">
                  <LedgerTable
                    ledger={{ exported: first.exportedCount, used: first.usedCount, leftOut: first.leftOut }}
                  />
                  <CutRecordsNote phrases={describeCutRecords(first.cut)} />
                </Panel>
                <Panel title="Files">
                  <DownloadList base={pathsOf(slug).files.dataset(datasetVersionId)} files={first.files} />
                  <p className="mt-3 text-faint text-xs [overflow-wrap:anywhere]">
                    <span className="font-mono">{first.folder}</span>
                    {first.hash && (
                      <>
                        <br />
                        SHA-256 <span className="font-mono">{first.hash}</span>
                      </>
                    )}
                  </p>
                </Panel>
              </div>
              {first.status === "ready" && <ExportPanel datasetVersionId={datasetVersionId} />}
              <section aria-label="Records" className="grid gap-3">
                <RecordFilter counts={first.counts} selection={selection} onChange={setSelection} />
                <RecordList records={records} />
                <LoadMore
                  query={version}
                  shown={plural(records.length, "record")}
                  total={countOf(first.counts, selection)}
                />
              </section>
            </div>
          </>
        );
      }}
    </Loaded>
  );
}

/** What the token limit cut is trained on without an end of turn, which whoever reads the counts should know. */
function CutRecordsNote({ phrases }: { phrases: string[] }) {
  if (phrases.length === 0) return null;
  return (
    <p className="mt-3 text-muted text-xs">
      This version holds {phrases.join(", ")}. A run trains on a cut completion without an end of turn, and counts it in
      the run's ledger.
    </p>
  );
}

function countOf(counts: { kind: string; split: string; count: number }[], { kind, split }: RecordSelection): number {
  return counts
    .filter((entry) => (!kind || entry.kind === kind) && (!split || entry.split === split))
    .reduce((sum, entry) => sum + entry.count, 0);
}
