"use client";

import Link from "next/link";
import { Button } from "@/app/components/button";
import { Notice } from "@/app/components/notice";
import { useProject } from "@/app/p/[project]/project-context";
import { pathsOf } from "@/domain/paths";
import { useRunActs } from "./run-actions";
import type { Run } from "./run-figures";

/** A run of PPO that did not start by itself, since its reward model is in doubt: why, and what the person can do. */
export function HeldBackNotice({ run, onGoesOn }: { run: Run; onGoesOn: () => void }) {
  const { slug: project } = useProject();
  const { stop, goOn } = useRunActs(project, run, onGoesOn);
  return (
    <Notice tone="warn" title={run.error?.message}>
      <p>
        PPO has not started and waits for your decision, because it would learn whatever this reward model pays for.{" "}
        {run.waitsFor && (
          <>
            Read the{" "}
            <Link className="link" href={pathsOf(project).runReport(run.waitsFor.id)}>
              report of run {run.waitsFor.number}
            </Link>{" "}
            first.{" "}
          </>
        )}
        {run.error?.hint}
      </p>
      <dl className="mt-2.5 grid items-start gap-x-3 gap-y-2 sm:grid-cols-[max-content_1fr] sm:items-center">
        <dt>
          <Button size="sm" busy={goOn.busy} disabled={stop.busy} onClick={goOn.act}>
            Start anyway
          </Button>
        </dt>
        <dd>Trains with this reward model anyway. You will not be asked again.</dd>
        <dt>
          <Button size="sm" variant="danger" busy={stop.busy} disabled={goOn.busy} onClick={stop.act}>
            Cancel run
          </Button>
        </dt>
        <dd>Ends only this run. The reward model stays, and you can still run this run again later.</dd>
      </dl>
    </Notice>
  );
}
