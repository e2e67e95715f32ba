"use client";

import Link from "next/link";
import { StatusBadge } from "@/app/components/badge";
import { formatBytes } from "@/app/components/format";
import { Table, Td, Th, Tr } from "@/app/components/table";
import type { Outputs } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { nameOfMethod } from "@/domain/runs/method-words";
import { useProject } from "../project-context";
import { ArchiveModel } from "./archive-model";

type Storage = Outputs["storage"]["get"];

/** Run by run and version by version, each with the page of what takes the room. */
export function StorageTable({ storage: { runs, datasets } }: { storage: Storage }) {
  const { slug } = useProject();
  if (runs.length + datasets.length === 0)
    return <p className="text-muted">No dataset versions and no runs yet: there is nothing to keep.</p>;
  return (
    <div className="max-h-120 overflow-y-auto">
      <Table>
        <thead>
          <tr>
            <Th>What</Th>
            <Th>State</Th>
            <Th numeric>Checkpoints</Th>
            <Th>Model</Th>
            <Th numeric>Size</Th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <Tr key={run.id}>
              <Td>
                <Link href={pathsOf(slug).run(run.id)} className="link">
                  {nameOfMethod(run.method)} run {run.number}
                </Link>
              </Td>
              <Td>
                <StatusBadge status={run.status} />
              </Td>
              <Td numeric>{formatBytes(run.checkpointBytes)}</Td>
              <Td>
                {run.model && (
                  <span className="-my-0.5 flex flex-wrap items-center gap-x-2">
                    <Link href={pathsOf(slug).model(run.model.id)} className="link">
                      {run.model.name}, {run.model.filesRemoved ? "removed" : formatBytes(run.modelBytes)}
                    </Link>
                    {!run.model.filesRemoved && <ArchiveModel model={run.model} />}
                  </span>
                )}
              </Td>
              <Td numeric>{formatBytes(run.checkpointBytes + run.modelBytes + run.recordBytes)}</Td>
            </Tr>
          ))}
          {datasets.map(({ id, version, bytes }) => (
            <Tr key={id}>
              <Td colSpan={4}>
                <Link href={pathsOf(slug).dataset(id)} className="link">
                  Dataset version {version}
                </Link>
              </Td>
              <Td numeric>{formatBytes(bytes)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
