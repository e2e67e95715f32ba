"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import Link from "next/link";
import { type ReactNode, useEffect, useState } from "react";
import { errorText } from "@/app/components/error-text";
import { plural } from "@/app/components/format";
import { JobProgress } from "@/app/components/job-progress";
import { Notice } from "@/app/components/notice";
import { Skeleton } from "@/app/components/skeleton";
import { toast } from "@/app/components/toast";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { isJobFinished } from "@/domain/runs/job-status";
import { useProject } from "../project-context";

/** One generation, live: how far it is, what it does at the moment, and the way to stop it. */
export function GenerationProgress({
  generationId,
  whileGoing,
}: {
  generationId: string;
  /** What is to be said until it has ended. */
  whileGoing?: ReactNode;
}) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  // tRPC forgets a subscription's data when the stream ends; what was said last is still true.
  const [data, setData] = useState<Outputs["generations"]["get"]>();
  const { error } = useSubscription(
    trpc.generations.watch.subscriptionOptions({ project: slug, generationId }, { onData: setData }),
  );
  const cancel = useMutation(
    trpc.generations.cancel.mutationOptions({
      onError: (problem) => toast({ tone: "bad", title: errorText(problem) }),
    }),
  );
  const ended = data !== undefined && isJobFinished(data.status);

  useEffect(() => {
    if (!ended) return;
    for (const part of [trpc.prompts, trpc.tasks, trpc.projects, trpc.generations])
      void queryClient.invalidateQueries({ queryKey: part.pathKey() });
  }, [ended, queryClient, trpc]);

  if (!data) return error ? <Notice tone="warn">{errorText(error)}</Notice> : <Skeleton className="h-10" />;
  const stop = {
    label: "Stop",
    busy: cancel.isPending || cancel.isSuccess,
    onStop: () => cancel.mutate({ project: slug, generationId }),
  };
  return (
    <>
      <JobProgress job={data} what="completions" stop={stop}>
        {data.taskCount !== null && data.taskCount > 0 && (
          <p>
            {plural(data.taskCount, "comparison task")} made.{" "}
            <Link href={pathsOf(slug).tasks()} className="link">
              See the tasks
            </Link>{" "}
            or{" "}
            <Link href={pathsOf(slug).label} className="link">
              start labelling
            </Link>
            .
          </p>
        )}
        {data.identicalCount !== null && data.identicalCount > 0 && (
          <p className="text-muted">
            {plural(data.identicalCount, "prompt")} got no task, because the completions were identical or empty.
          </p>
        )}
      </JobProgress>
      {!ended && whileGoing}
    </>
  );
}
