"use client";

import { Button } from "@/app/components/button";
import { Notice } from "@/app/components/notice";
import type { Run } from "../run-figures";
import { useRunActs } from "./run-actions";

/** A run that waits for a person: why, and each thing that the person can do with what comes of it. */
export function PausedNotice({ project, run, onGoesOn }: { project: string; run: Run; onGoesOn: () => void }) {
  const { stop, goOn } = useRunActs(project, run, onGoesOn);
  const left = run.totalSteps === null ? null : run.totalSteps - run.step;
  return (
    <Notice tone="warn" title={run.error?.message ?? "Paused: the diagnosis turned critical"}>
      <p>
        The run has written a checkpoint and waits for you. Its{" "}
        <a className="link" href="#diagnosis">
          diagnosis
        </a>{" "}
        below says what was seen and what to do; how to read it is in{" "}
        <a className="link" href="/help/diagnosis" target="_blank" rel="noreferrer">
          Reading a run’s diagnosis
        </a>
        .
      </p>
      <dl className="mt-2.5 grid items-center gap-x-3 gap-y-2 sm:grid-cols-[max-content_1fr]">
        <dt>
          <Button size="sm" variant="primary" busy={goOn.busy} disabled={stop.busy} onClick={goOn.act}>
            Continue
          </Button>
        </dt>
        <dd>
          Goes on from the checkpoint
          {left !== null && left > 0 && ` for the ${left === 1 ? "step" : `${left} steps`} that are left`}, as if it had
          never been paused. What it was paused for does not pause it again.
        </dd>
        <dt>
          <Button size="sm" variant="danger" busy={stop.busy} disabled={goOn.busy} onClick={stop.act}>
            Stop and keep the checkpoint
          </Button>
        </dt>
        <dd>
          Ends the run without a model version. The newest checkpoint stays on disk as the project’s settings say: it
          can be downloaded below, and the run can still be run again from it.
        </dd>
      </dl>
    </Notice>
  );
}
