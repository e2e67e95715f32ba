import Link from "next/link";
import type { ReactNode } from "react";
import { StatusBadge } from "@/app/components/badge";
import { formatDuration } from "@/app/components/format";
import { Td, Th } from "@/app/components/table";
import type { Outputs } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { nameOfMethod } from "@/domain/runs/method-words";
import { useProject } from "../project-context";
import { shownStatus } from "./shown-status";

/** The columns that every table of runs has. */
export function RunHeadings() {
  return (
    <>
      <Th>Run</Th>
      <Th>Status</Th>
      <Th>Method</Th>
      <Th>Dataset version</Th>
      <Th>From</Th>
      <Th>Model</Th>
      <Th numeric>Steps</Th>
      <Th numeric>Time</Th>
    </>
  );
}

/** What a run is and where it stands: method, data, base and the model that came of it, each a link. */
export function RunCells({
  run,
  mark,
}: {
  run: Outputs["runs"]["get"];
  /** Stands before its name. */
  mark?: ReactNode;
}) {
  const { slug: project } = useProject();
  const to = pathsOf(project);
  return (
    <>
      <Td>
        <span className="flex items-center gap-2">
          {mark}
          <Link className="link font-medium" href={to.run(run.id)}>
            Run {run.number}
          </Link>
        </span>
      </Td>
      <Td>
        {run.isWaiting && run.waitsFor ? (
          <span className="flex flex-wrap items-center gap-x-1.5">
            <StatusBadge status="waiting" />
            <span className="text-muted text-xs">
              for{" "}
              <Link className="link" href={to.run(run.waitsFor.id)}>
                run {run.waitsFor.number}
              </Link>
            </span>
          </span>
        ) : (
          <StatusBadge status={shownStatus(run)} />
        )}
      </Td>
      <Td>{nameOfMethod(run.method)}</Td>
      <Td>
        <Link className="link" href={to.dataset(run.datasetVersion.id)}>
          {run.datasetVersion.version}
        </Link>
      </Td>
      <Td>
        <Link className="link" href={to.model(run.base.id)}>
          {run.base.name}
        </Link>
      </Td>
      <Td>
        {run.model ? (
          <Link className="link" href={to.model(run.model.id)}>
            {run.model.name}
          </Link>
        ) : (
          <span className="text-faint">–</span>
        )}
      </Td>
      <Td numeric>{run.totalSteps ? `${run.step} / ${run.totalSteps}` : "–"}</Td>
      <Td numeric>
        {run.startedAt && run.finishedAt
          ? formatDuration((run.finishedAt.getTime() - run.startedAt.getTime()) / 1000)
          : "–"}
      </Td>
    </>
  );
}
