"use client";

import { useQuery } from "@tanstack/react-query";
import { Notice } from "@/app/components/notice";
import { useTRPC } from "@/app/trpc-client";

/** Which backend the trainer runs on, or that it does not run at all. */
export function TrainerState({ project }: { project: string }) {
  const trpc = useTRPC();
  const { data } = useQuery({ ...trpc.models.trainerState.queryOptions({ project }), refetchInterval: 15_000 });
  if (!data) return null;
  if (!data.online)
    return (
      <div className="mb-3">
        <Notice tone="warn" title="The trainer is not running">
          Runs and generations wait until it is back. It starts together with the site; its log says why it stopped.
        </Notice>
      </div>
    );
  const backend = data.workers.find((worker) => worker.backend)?.backend;
  return backend ? <p className="mb-3 text-muted text-xs">The trainer runs on {backend}.</p> : null;
}
