"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useEffect, useState } from "react";
import { StatusBadge } from "@/app/components/badge";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { formatCount } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { ProgressBar } from "@/app/components/progress-bar";
import { Skeleton } from "@/app/components/skeleton";
import { toast } from "@/app/components/toast";
import { useTRPC } from "@/app/trpc-client";
import type { ScoringRow } from "@/server/scores/scoring-row";
import { useProject } from "../project-context";

const ENDED = ["completed", "failed", "cancelled"];

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
  const ended = data !== undefined && ENDED.includes(data.status);

  useEffect(() => {
    if (!ended) return;
    for (const part of [trpc.tasks, trpc.prompts, trpc.scores])
      void queryClient.invalidateQueries({ queryKey: part.pathKey() });
  }, [ended, queryClient, trpc]);

  if (!data) return error ? <Notice tone="warn">{errorText(error)}</Notice> : <Skeleton className="h-10" />;
  if (data.status === "completed" && !data.error) return null;
  return (
    <div className="grid gap-2" aria-live="polite">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StatusBadge status={data.status} />
        <span className="tabular-nums">
          {formatCount(data.doneCount)} of {formatCount(data.totalCount)} completions scored
        </span>
        {!ended && data.activity && <span className="min-w-0 flex-1 truncate text-muted">{data.activity}</span>}
        {!ended && (
          <Button
            size="sm"
            className="ml-auto"
            busy={cancel.isPending || cancel.isSuccess}
            onClick={() => cancel.mutate({ project: slug, scoringId })}
          >
            Stop scoring
          </Button>
        )}
      </div>
      {!ended && (
        <ProgressBar
          label="Completions scored"
          value={data.doneCount}
          total={data.doneCount > 0 ? data.totalCount : null}
        />
      )}
      {data.error && <Notice tone={data.status === "failed" ? "bad" : "warn"}>{data.error}</Notice>}
    </div>
  );
}
