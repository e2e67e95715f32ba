"use client";

import { useEffect, useState } from "react";
import { errorText } from "@/app/components/error-text";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPCClient } from "@/app/trpc-client";
import type { HeldTask } from "./use-task-queue";

/** A task that was fetched ahead is held firmly once it has been open for this long: quick answers need no renewal. */
const FIRST_MS = 10_000;
const EVERY_MS = 10 * 60_000;
/** A page at which nobody has done anything for this long lets the task go. */
const UNATTENDED_MS = 3 * 3_600_000;
const LOOK_MS = 5_000;

/**
 * Renews the lease of the task on the page for as long as somebody is there, so that an answer that takes hours is taken.
 * @returns why the place is lost, or null
 */
export function useLease(held: HeldTask | null): string | null {
  const { slug } = useProject();
  const client = useTRPCClient();
  const [lost, setLost] = useState<{ taskId: string; why: string } | null>(null);
  const taskId = held?.task.taskId ?? null;
  const until = held?.until ?? 0;

  useEffect(() => {
    if (!taskId) return;
    const opened = Date.now();
    // What is known to hold for long is renewed when a third of the time has gone.
    let due = until > opened + EVERY_MS ? opened + EVERY_MS : opened + FIRST_MS;
    let attended = opened;
    const attend = () => {
      attended = Date.now();
    };
    const look = () => {
      if (Date.now() < due || Date.now() > attended + UNATTENDED_MS) return;
      due = Date.now() + EVERY_MS;
      client.labels.renewLease.mutate({ project: slug, taskId }).then(
        () => setLost(null),
        (error: { data?: { code?: string } }) => {
          if (error.data?.code === "CONFLICT" || error.data?.code === "NOT_FOUND")
            setLost({ taskId, why: errorText(error) });
          else due = Date.now() + 30_000;
        },
      );
    };
    const timer = setInterval(look, LOOK_MS);
    for (const event of ["keydown", "pointerdown", "wheel"]) window.addEventListener(event, attend, { passive: true });
    return () => {
      clearInterval(timer);
      for (const event of ["keydown", "pointerdown", "wheel"]) window.removeEventListener(event, attend);
    };
  }, [client, slug, taskId, until]);

  return lost && lost.taskId === taskId ? lost.why : null;
}
