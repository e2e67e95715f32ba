"use client";

import { useQuery } from "@tanstack/react-query";
import { Sparkles } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { StatusBadge } from "@/app/components/badge";
import { Button } from "@/app/components/button";
import { EmptyState } from "@/app/components/empty-state";
import { formatCount } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { PageHeader } from "@/app/components/page-header";
import { Panel } from "@/app/components/panel";
import { RelativeTime } from "@/app/components/relative-time";
import { SkeletonTable } from "@/app/components/skeleton";
import { Table, Td, Th, Tr } from "@/app/components/table";
import { useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { isUnderWay } from "@/domain/runs/job-status";
import { useProject } from "../project-context";
import { GenerateSheet } from "./generate-sheet";
import { GenerationProgress } from "./generation-progress";

/** Every request to a model for completions, the running ones on top and live. */
export function GenerationList() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const [generating, setGenerating] = useState(false);
  const generations = useQuery(trpc.generations.list.queryOptions({ project: slug }));
  const generate = (
    <Button variant="primary" icon={<Sparkles />} onClick={() => setGenerating(true)}>
      Generate completions
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Generations"
        trail={[{ label: "Prompts", href: pathsOf(slug).prompts() }]}
        about="Every request to a model for completions."
        actions={generate}
      />
      <Loaded query={generations} skeleton={<SkeletonTable />}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState icon={<Sparkles />} title="Nothing generated yet" action={generate} />
          ) : (
            <div className="grid gap-4">
              {rows
                .filter((row) => isUnderWay(row.status))
                .map((row) => (
                  <Panel key={row.id} title={row.model.name}>
                    <GenerationProgress generationId={row.id} />
                  </Panel>
                ))}
              <Table>
                <thead>
                  <tr>
                    <Th>Model</Th>
                    <Th>Status</Th>
                    <Th numeric>Completions</Th>
                    <Th numeric>Tasks made</Th>
                    <Th numeric>Samples</Th>
                    <Th numeric>Temperature</Th>
                    <Th numeric>Seed</Th>
                    <Th>Requested</Th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row) => (
                    <Tr key={row.id}>
                      <Td>
                        <Link href={pathsOf(slug).model(row.model.id)} className="link">
                          {row.model.name}
                        </Link>
                        {row.comparedWith && <span className="text-muted"> against {row.comparedWith.name}</span>}
                        {row.error && <p className="mt-0.5 text-bad text-xs [overflow-wrap:anywhere]">{row.error}</p>}
                      </Td>
                      <Td>
                        <StatusBadge status={row.status} />
                      </Td>
                      <Td numeric>
                        {formatCount(row.doneCount)} / {formatCount(row.totalCount)}
                      </Td>
                      <Td numeric>{row.taskCount === null ? "–" : formatCount(row.taskCount)}</Td>
                      <Td numeric>{row.samples}</Td>
                      <Td numeric>{row.temperature}</Td>
                      <Td numeric>{row.seed}</Td>
                      <Td className="text-muted text-xs">
                        <RelativeTime date={row.createdAt} />
                      </Td>
                    </Tr>
                  ))}
                </tbody>
              </Table>
            </div>
          )
        }
      </Loaded>
      <GenerateSheet open={generating} onOpenChange={setGenerating} />
    </>
  );
}
