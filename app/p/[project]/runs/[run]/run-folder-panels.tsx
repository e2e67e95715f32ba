"use client";

import { useQuery } from "@tanstack/react-query";
import { formatCount, formatNumber, plural } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { Panel } from "@/app/components/panel";
import { ShareText } from "@/app/components/share-text";
import { SkeletonLines } from "@/app/components/skeleton";
import { useProject } from "@/app/p/[project]/project-context";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { isFinished } from "@/domain/runs/run-status";
import { Checkpoints } from "./checkpoints";
import { useLookAgain } from "./use-look-again";

type Folder = Outputs["runs"]["folder"];
const LOOK_AGAIN_MILLISECONDS = 5_000;

/** What the run keeps on disk beside its figures: where its records went, and its checkpoints. */
export function RunFolderPanels({ runId, status }: { runId: string; status: string }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const over = isFinished(status);
  const query = useQuery({
    ...trpc.runs.folder.queryOptions({ project, runId }),
    refetchInterval: useLookAgain(over, LOOK_AGAIN_MILLISECONDS),
  });
  return (
    <div className="grid items-start gap-3 lg:grid-cols-2">
      <Panel title="Data">
        <Loaded query={query} skeleton={<SkeletonLines />}>
          {({ ledger }) => <Ledger ledger={ledger} over={over} />}
        </Loaded>
      </Panel>
      <Panel title="Checkpoints">
        <Loaded query={query} skeleton={<SkeletonLines />}>
          {({ checkpoints }) => <Checkpoints runId={runId} over={over} checkpoints={checkpoints} />}
        </Loaded>
      </Panel>
    </div>
  );
}

function Ledger({ ledger, over }: { ledger: Folder["ledger"]; over: boolean }) {
  if (!ledger)
    return <p className="text-muted">{over ? "The run has read no data." : "The run has not read its data yet."}</p>;
  const { records, train, validation, leftOut, odd, lengths } = ledger;
  return (
    <dl className="grid gap-x-6 gap-y-1.5 sm:grid-cols-[max-content_1fr]">
      <dt className="text-muted">Records</dt>
      <dd className="tabular-nums">
        {formatCount(records)}: {formatCount(train)} trained on, {formatCount(validation)} held out
      </dd>
      {[...leftOut.map((one) => ({ ...one, what: "Left out" })), ...odd.map((one) => ({ ...one, what: "Check" }))].map(
        ({ reason, what, count, message, lines }) => (
          <div key={`${what} ${reason}`} className="contents">
            <dt className="text-muted">{what}</dt>
            <dd className="[overflow-wrap:anywhere]">
              {plural(count, "record")} {message}
              {lines.length > 0 && <span className="text-faint"> ({lines.join(", ")})</span>}
            </dd>
          </div>
        ),
      )}
      {lengths && (
        <>
          <dt className="text-muted">Length of chosen</dt>
          <dd>{lengthText(lengths.chosen)}</dd>
          <dt className="text-muted">Length of rejected</dt>
          <dd>{lengthText(lengths.rejected)}</dd>
          <dt className="text-muted">Chosen is the longer one</dt>
          <dd>
            <ShareText share={lengths.chosenLonger} of="pair" more=" of different length" />
          </dd>
        </>
      )}
    </dl>
  );
}

const lengthText = ({ mean, median }: { mean: number; median: number }) =>
  `mean ${formatNumber(mean)} tokens, median ${formatNumber(median)} tokens`;
