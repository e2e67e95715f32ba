"use client";

import { useQuery } from "@tanstack/react-query";
import { cx } from "@/app/components/class-names";
import { Notice } from "@/app/components/notice";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "./project-context";

const ROLE_WORDS: Record<string, string> = { training: "Training", generation: "Generation" };

function useTrainerState() {
  const trpc = useTRPC();
  const { slug } = useProject();
  return useQuery(trpc.models.trainerState.queryOptions({ project: slug }, { refetchInterval: 15_000 })).data;
}

/** Where work waits for the trainer: says so if it is not there. */
export function TrainerOfflineNotice() {
  const state = useTrainerState();
  if (!state || state.workers.length > 0) return null;
  return (
    <Notice tone="warn" title="The trainer is not running">
      Requested work waits until the trainer runs again. It starts together with the site:{" "}
      <code className="font-mono">npm start</code>.
    </Notice>
  );
}

/** Whether the trainer's processes are there, and which backend they compute on. */
export function TrainerState({ narrow }: { narrow: boolean }) {
  const state = useTrainerState();
  if (!state) return null;
  const backend = state.workers.find((worker) => worker.backend)?.backend;
  const words = state.online ? "Trainer ready" : state.workers.length > 0 ? "Trainer partly ready" : "Trainer offline";
  const detail = state.workers
    .map(
      (worker) =>
        `${ROLE_WORDS[worker.role] ?? worker.role}: ${[worker.backend, worker.detail].filter(Boolean).join(", ") || "starting"}`,
    )
    .join("\n");
  return (
    <p
      className="flex items-center gap-2 px-2 py-1.5 text-muted text-xs"
      title={detail || "The processes that generate and train are not running. They start with npm start."}
    >
      <span
        aria-hidden
        className={cx(
          "mx-0.5 size-2 shrink-0 rounded-full",
          state.online ? "bg-good" : state.workers.length > 0 ? "bg-warn" : "bg-bad",
        )}
      />
      <span className={cx("truncate", narrow && "sr-only")}>
        {words}
        {backend && <span className="text-faint"> · {backend}</span>}
      </span>
    </p>
  );
}
