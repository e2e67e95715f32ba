"use client";

import { useQuery } from "@tanstack/react-query";
import { Database } from "lucide-react";
import Link from "next/link";
import { StatusBadge } from "@/app/components/badge";
import { EmptyState } from "@/app/components/empty-state";
import { formatCount } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { PageHeader } from "@/app/components/page-header";
import { RelativeTime } from "@/app/components/relative-time";
import { SkeletonTable } from "@/app/components/skeleton";
import { Table, Td, Th, Tr } from "@/app/components/table";
import { useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";
import { TrainButton } from "../runs/train/train-button";
import { ExclusionPanel } from "./exclusion-panel";
import { NextVersionPanel } from "./next-version-panel";

export function DatasetList() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const versions = useQuery(trpc.datasets.list.queryOptions({ project: slug }));
  return (
    <>
      <PageHeader
        title="Datasets"
        about="Immutable snapshots of the labels, created when you train. Each record leads back to its labels and to the people who gave them."
        actions={<TrainButton variant="default" />}
      />
      <div className="grid gap-5">
        <NextVersionPanel />
        <ExclusionPanel />
        <Loaded query={versions} skeleton={<SkeletonTable rows={4} />}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState icon={<Database />} title="No dataset version yet">
                Training freezes the labels into a dataset version.
              </EmptyState>
            ) : (
              <Table>
                <thead>
                  <tr>
                    <Th>Version</Th>
                    <Th>Status</Th>
                    <Th numeric>Labels used</Th>
                    <Th numeric>Left out</Th>
                    <Th>Runs</Th>
                    <Th>Hash</Th>
                    <Th>Created</Th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row) => (
                    <Tr key={row.id}>
                      <Td>
                        <Link href={pathsOf(slug).dataset(row.id)} className="link font-medium">
                          Version {row.version}
                        </Link>
                      </Td>
                      <Td>
                        <StatusBadge status={row.status} />
                      </Td>
                      <Td numeric>{formatCount(row.usedCount)}</Td>
                      <Td numeric>{formatCount(row.leftOutCount)}</Td>
                      <Td>
                        <span className="flex flex-wrap gap-2">
                          {row.runs.map((run) => (
                            <Link key={run.id} href={pathsOf(slug).run(run.id)} className="link">
                              #{run.number}
                            </Link>
                          ))}
                        </span>
                      </Td>
                      <Td className="font-mono text-faint text-xs" title={row.hash ?? undefined}>
                        {row.hash?.slice(0, 10) ?? "–"}
                      </Td>
                      <Td className="text-muted text-xs">
                        <RelativeTime date={row.createdAt} /> by {row.createdBy.name}
                      </Td>
                    </Tr>
                  ))}
                </tbody>
              </Table>
            )
          }
        </Loaded>
      </div>
    </>
  );
}
