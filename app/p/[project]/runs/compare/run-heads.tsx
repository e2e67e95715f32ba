import Link from "next/link";
import { StatusBadge } from "@/app/components/badge";
import { formatDuration } from "@/app/components/format";
import { Table, Td, Th, Tr } from "@/app/components/table";
import type { ComparedRun } from "./compared-runs";
import { RunLine } from "./run-colors";

/** What each run is and where it stands: method, data, base and the model that came of it, each a link. */
export function RunHeads({ project, runs }: { project: string; runs: readonly ComparedRun[] }) {
  const base = `/p/${project}`;
  return (
    <Table>
      <thead>
        <tr>
          <Th>Run</Th>
          <Th>Status</Th>
          <Th>Method</Th>
          <Th>Dataset version</Th>
          <Th>From</Th>
          <Th>Model</Th>
          <Th numeric>Steps</Th>
          <Th numeric>Time</Th>
        </tr>
      </thead>
      <tbody>
        {runs.map(({ run }, place) => (
          <Tr key={run.id}>
            <Td>
              <span className="flex items-center gap-2">
                <RunLine place={place} />
                <Link className="link font-medium" href={`${base}/runs/${run.id}`}>
                  Run {run.number}
                </Link>
              </span>
            </Td>
            <Td>
              <StatusBadge status={run.status} />
            </Td>
            <Td>{run.method.toUpperCase()}</Td>
            <Td>
              <Link className="link" href={`${base}/datasets/${run.datasetVersion.id}`}>
                {run.datasetVersion.version}
              </Link>
            </Td>
            <Td>
              <Link className="link" href={`${base}/models/${run.base.id}`}>
                {run.base.name}
              </Link>
            </Td>
            <Td>
              {run.model ? (
                <Link className="link" href={`${base}/models/${run.model.id}`}>
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
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
