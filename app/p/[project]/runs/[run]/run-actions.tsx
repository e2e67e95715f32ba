"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { toast } from "@/app/components/toast";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPC } from "@/app/trpc-client";
import { isFinished } from "@/domain/runs/run-status";
import type { Run } from "./run-figures";

/** What a person can do with a run from outside: end it, or let it go on. */
export function useRunActs(project: string, run: Run, onChanged: () => void) {
  const trpc = useTRPC();
  const failed = (title: string) => (error: unknown) => void toast({ title, detail: errorText(error), tone: "bad" });
  const stop = useMutation(
    trpc.runs.cancel.mutationOptions({ onSuccess: onChanged, onError: failed("The run was not stopped") }),
  );
  const goOn = useMutation(
    trpc.runs.retry.mutationOptions({ onSuccess: onChanged, onError: failed("The run was not started again") }),
  );
  const keep = useMutation(
    trpc.runs.stopAtCheckpoint.mutationOptions({
      onSuccess: onChanged,
      onError: failed("No model was made of the checkpoint"),
    }),
  );
  const which = { project, runId: run.id };
  return {
    stop: { act: () => stop.mutate(which), busy: stop.isPending || (run.cancelRequested && !isFinished(run.status)) },
    /** Ends it with a model version of its newest checkpoint. */
    keep: { act: () => keep.mutate(which), busy: keep.isPending },
    goOn: { act: () => goOn.mutate(which), busy: goOn.isPending },
  };
}

/** At the head of the page. A paused run is decided on beside its reason. */
export function RunActions({ run, onGoesOn }: { run: Run; onGoesOn: () => void }) {
  const { slug: project } = useProject();
  const { stop, goOn } = useRunActs(project, run, onGoesOn);
  if (run.status === "completed" || run.status === "paused") return null;
  if (isFinished(run.status))
    return (
      <Button busy={goOn.busy} onClick={goOn.act}>
        Run again
      </Button>
    );
  return (
    <Button variant="danger" busy={stop.busy} onClick={stop.act}>
      {run.cancelRequested ? "Stopping…" : "Cancel run"}
    </Button>
  );
}
