"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useEffect, useState } from "react";
import { errorText } from "@/app/components/error-text";
import { JobProgress } from "@/app/components/job-progress";
import { Notice } from "@/app/components/notice";
import { Skeleton } from "@/app/components/skeleton";
import { toast } from "@/app/components/toast";
import { useTRPC } from "@/app/trpc-client";
import { isJobFinished } from "@/domain/runs/job-status";
import type { ScoringRow } from "@/server/scores/scoring-row";
import { useProject } from "../project-context";

/** One scoring, live: how far it is, and the way to stop it. Says nothing more once it went well. */
export function ScoringProgress({ scoringId }: { scoringId: string }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  // tRPC forgets a subscription's data when the stream ends; what was said last is still true.
  const [data, setData] = useState<ScoringRow>();
  const { error } = useSubscription(
    trpc.scores.watch.subscriptionOptions({ project: slug, scoringId }, { onData: setData }),
  );
  const cancel = useMutation(
    trpc.scores.cancel.mutationOptions({
      onError: (problem) => toast({ tone: "bad", title: errorText(problem) }),
    }),
  );
  const ended = data !== undefined && isJobFinished(data.status);

  useEffect(() => {
    if (!ended) return;
    for (const part of [trpc.tasks, trpc.prompts, trpc.scores])
      void queryClient.invalidateQueries({ queryKey: part.pathKey() });
  }, [ended, queryClient, trpc]);

  if (!data) return error ? <Notice tone="warn">{errorText(error)}</Notice> : <Skeleton className="h-10" />;
  if (data.status === "completed" && !data.error) return null;
  const stop = {
    label: "Stop scoring",
    busy: cancel.isPending || cancel.isSuccess,
    onStop: () => cancel.mutate({ project: slug, scoringId }),
  };
  return <JobProgress job={data} what="completions scored" stop={stop} />;
}
