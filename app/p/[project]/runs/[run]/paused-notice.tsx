"use client";

import { Button } from "@/app/components/button";
import { plural } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { useProject } from "@/app/p/[project]/project-context";
import { paths } from "@/domain/paths";
import { stepWordOf } from "@/domain/runs/method-words";
import { useRunActs } from "./run-actions";
import type { Run } from "./run-figures";

/** A run that waits for a person: why, and each thing that the person can do with what comes of it. */
export function PausedNotice({ run, onGoesOn }: { run: Run; onGoesOn: () => void }) {
  const { slug: project } = useProject();
  const { stop, keep, goOn } = useRunActs(project, run, onGoesOn);
  const left = run.totalSteps === null ? null : run.totalSteps - run.step;
  const unit = stepWordOf(run.method);
  const waiting = run.awaitedBy.filter(({ status }) => status === "queued");
  return (
    <Notice tone="warn" title={run.error?.message ?? "Paused: the diagnosis turned critical"}>
      <p>
        The run has written a checkpoint and waits for you. Its{" "}
        <a className="link" href="#diagnosis">
          diagnosis
        </a>{" "}
        below says what was seen and what to do. How to read it is explained in{" "}
        <a className="link" href={paths.helpDiagnosis} target="_blank" rel="noreferrer">
          Reading a run’s diagnosis
        </a>
        .
      </p>
      <dl className="mt-2.5 grid items-start gap-x-3 gap-y-2 sm:grid-cols-[max-content_1fr] sm:items-center">
        <dt>
          <Button size="sm" variant="primary" busy={goOn.busy} disabled={keep.busy || stop.busy} onClick={goOn.act}>
            Continue
          </Button>
        </dt>
        <dd>
          Continues from the checkpoint
          {left !== null && left > 0 && ` for the ${plural(left, unit)} that ${left === 1 ? "is" : "are"} left`}, as if
          the run had never been paused. The finding that paused the run does not pause it again.
        </dd>
        <dt>
          <Button size="sm" busy={keep.busy} disabled={goOn.busy || stop.busy} onClick={keep.act}>
            Stop and keep the checkpoint
          </Button>
        </dt>
        <dd>
          Ends the run and makes a model version of its newest checkpoint. The name and lineage of the model say that
          the run was stopped.
          {waiting.length > 0 && ` ${runsText(waiting)} with this model.`}
        </dd>
        <dt>
          <Button size="sm" variant="danger" busy={stop.busy} disabled={goOn.busy || keep.busy} onClick={stop.act}>
            Stop without a model
          </Button>
        </dt>
        <dd>
          Whether the newest checkpoint stays on disk is set in the project’s settings. While it is there, you can
          download it below, and the run can be run again from it.{" "}
          {waiting.length > 0 && "Runs that wait for this run end as well."}
        </dd>
      </dl>
    </Notice>
  );
}

const runsText = (runs: readonly { number: number }[]) =>
  `${runs.map(({ number }) => `Run ${number}`).join(", ")} then ${runs.length === 1 ? "starts" : "start"}`;
