"use client";

import Link from "next/link";
import { Badge } from "@/app/components/badge";
import { formatBytes, formatCount, formatNumber, plural } from "@/app/components/format";
import { RelativeTime } from "@/app/components/relative-time";
import { Table, Td, Th, Tr } from "@/app/components/table";
import { useProject } from "@/app/p/[project]/project-context";
import type { Outputs } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";

type Checkpoint = Outputs["runs"]["folder"]["checkpoints"][number];

/** A run's checkpoints on disk: when each was written, which is best, and which stay when the run has ended. */
export function Checkpoints({
  runId,
  over,
  checkpoints,
}: {
  runId: string;
  /** Whether the run has ended. */
  over: boolean;
  checkpoints: Checkpoint[];
}) {
  const { slug: project } = useProject();
  const settings = (
    <Link className="link" href={pathsOf(project).settings}>
      Settings
    </Link>
  );
  if (checkpoints.length === 0)
    return (
      <p className="text-muted">
        No checkpoint is on disk. How many checkpoints an ended run keeps is set under {settings}.
      </p>
    );
  const bytes = checkpoints.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const ensemble = checkpoints.some(({ member }) => member !== null);
  const validated = checkpoints.some(({ validationLoss }) => validationLoss !== null);
  return (
    <div className="grid gap-2">
      <Table>
        <thead>
          <tr>
            {ensemble && <Th>Member</Th>}
            <Th>After step</Th>
            {validated && <Th numeric>Validation loss</Th>}
            <Th>Written</Th>
            <Th numeric>Size</Th>
            <Th>
              <span className="sr-only">Download</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {checkpoints.map((checkpoint) => {
            const { member, step, kind, sizeBytes, writtenAt, validationLoss } = checkpoint;
            const what = kind === "best" ? "parameters" : "checkpoint";
            return (
              <Tr key={`${member} ${kind} ${step}`}>
                {ensemble && <Td>{member}</Td>}
                <Td>
                  <span className="flex flex-wrap items-center gap-1">
                    <span className="tabular-nums">{formatCount(step)}</span>
                    <Marks checkpoint={checkpoint} over={over} />
                  </span>
                </Td>
                {validated && <Td numeric>{validationLoss === null ? "–" : formatNumber(validationLoss)}</Td>}
                <Td>
                  <RelativeTime date={writtenAt} />
                </Td>
                <Td numeric className="whitespace-nowrap">
                  {formatBytes(sizeBytes)}
                </Td>
                <Td className="text-right">
                  <a
                    href={`${pathsOf(project).files.checkpoint(runId, addressOf(checkpoint))}/all.tar`}
                    download
                    className="link"
                    aria-label={`Download the ${what} after step ${step}${member === null ? "" : ` of member ${member}`}`}
                  >
                    tar
                  </a>
                </Td>
              </Tr>
            );
          })}
        </tbody>
      </Table>
      <p className="text-muted text-xs">
        {plural(checkpoints.length, "checkpoint")}, {formatBytes(bytes)}. How many are kept is set under {settings}.
      </p>
    </div>
  );
}

const addressOf = ({ member, kind, step }: Checkpoint): string =>
  `${member === null ? "" : `member-${member}-`}${kind === "best" ? "best-" : ""}${step}`;

function Marks({
  checkpoint: { member, kind, isBest, isNext, isKept },
  over,
}: {
  checkpoint: Checkpoint;
  over: boolean;
}) {
  return (
    <>
      {isBest && (
        <Badge tone="good" title={`No step${member === null ? "" : " of this member"} had a lower validation loss.`}>
          best
        </Badge>
      )}
      {isNext && <Badge title="A stopped run goes on from this one.">newest</Badge>}
      {kind === "best" && (
        <Badge title="Parameters without the optimizer state; the run's result is made from them.">
          parameters only
        </Badge>
      )}
      {isKept ? (
        <Badge
          title={
            over ? "The project's settings keep this checkpoint." : "This checkpoint is kept when the run has ended."
          }
        >
          kept
        </Badge>
      ) : (
        <Badge tone="warn" title="The project's settings do not keep this checkpoint.">
          {over ? "not kept" : "until the run ends"}
        </Badge>
      )}
    </>
  );
}
