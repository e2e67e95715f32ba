"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { Badge } from "@/app/components/badge";
import { Button } from "@/app/components/button";
import { formatBytes, formatCount } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { PageHeader } from "@/app/components/page-header";
import { RelativeTime } from "@/app/components/relative-time";
import { SkeletonTable } from "@/app/components/skeleton";
import { Table, Td, Th, Tr } from "@/app/components/table";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { MODEL_KIND_NAMES } from "@/domain/models/model-kinds";
import { pathsOf } from "@/domain/paths";
import { nameOfMethod } from "@/domain/runs/method-words";
import { useProject } from "../project-context";
import { TrainButton } from "../runs/train/train-button";
import { AddBaseDialog } from "./add-base-dialog";

type ListedModel = Outputs["models"]["list"][number];

/** Says at a glance that a model's page has something to tell about its files. */
function FilesBadge({ isUnreadable, noticeCount }: Pick<ListedModel, "isUnreadable" | "noticeCount">) {
  if (isUnreadable) return <Badge tone="bad">can't be used</Badge>;
  if (noticeCount === 0) return null;
  return <Badge tone="warn">{noticeCount === 1 ? "1 notice" : `${noticeCount} notices`}</Badge>;
}

export function ModelList() {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const query = useQuery(trpc.models.list.queryOptions({ project }));
  const [adding, setAdding] = useState(false);
  return (
    <>
      <PageHeader
        title="Models"
        about="Every model version, with the run that it came from. The promoted model is the one to use."
        actions={
          <>
            <Button icon={<Plus />} onClick={() => setAdding(true)}>
              Add a base
            </Button>
            <TrainButton />
          </>
        }
      />
      <Loaded query={query} skeleton={<SkeletonTable />}>
        {(models) => (
          <Table>
            <thead>
              <tr>
                <Th>Model</Th>
                <Th>Kind</Th>
                <Th>Trained from</Th>
                <Th>Run</Th>
                <Th numeric>Completions</Th>
                <Th numeric>Size</Th>
                <Th>Created</Th>
              </tr>
            </thead>
            <tbody>
              {models.map((model) => (
                <Tr key={model.id}>
                  <Td>
                    <span className="inline-flex flex-wrap items-center gap-2">
                      <Link className="link font-medium" href={pathsOf(project).model(model.id)}>
                        {model.name}
                      </Link>
                      {model.promotedAt && <Badge tone="good">promoted</Badge>}
                      <FilesBadge {...model} />
                    </span>
                  </Td>
                  <Td>{MODEL_KIND_NAMES[model.kind]}</Td>
                  <Td>
                    {model.parent ? (
                      <Link className="link" href={pathsOf(project).model(model.parent.id)}>
                        {model.parent.name}
                      </Link>
                    ) : (
                      <span className="text-faint">–</span>
                    )}
                  </Td>
                  <Td>
                    {model.run ? (
                      <Link className="link" href={pathsOf(project).run(model.run.id)}>
                        Run {model.run.number} ({nameOfMethod(model.run.method)})
                      </Link>
                    ) : (
                      <span className="text-faint">–</span>
                    )}
                  </Td>
                  <Td numeric>{formatCount(model.completionCount)}</Td>
                  <Td numeric>{model.sizeBytes === null ? "–" : formatBytes(model.sizeBytes)}</Td>
                  <Td>
                    <RelativeTime date={model.createdAt} />
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </Loaded>
      <AddBaseDialog open={adding} onOpenChange={setAdding} />
    </>
  );
}
