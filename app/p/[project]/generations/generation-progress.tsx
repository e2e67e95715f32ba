"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import Link from "next/link";
import { useEffect, useState } from "react";
import { StatusBadge } from "../../../components/badge";
import { Button } from "../../../components/button";
import { errorText } from "../../../components/error-text";
import { formatCount, plural } from "../../../components/format";
import { Notice } from "../../../components/notice";
import { ProgressBar } from "../../../components/progress-bar";
import { Skeleton } from "../../../components/skeleton";
import { toast } from "../../../components/toast";
import { type Outputs, useTRPC } from "../../../trpc-client";
import { useProject } from "../project-context";

const ENDED = ["completed", "failed", "cancelled"];

/** One generation, live: how far it is, what it does at the moment, and the way to stop it. */
export function GenerationProgress({ generationId }: { generationId: string }) {
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
  const ended = data !== undefined && ENDED.includes(data.status);

  useEffect(() => {
    if (!ended) return;
    for (const part of [trpc.prompts, trpc.tasks, trpc.projects, trpc.generations])
      void queryClient.invalidateQueries({ queryKey: part.pathKey() });
  }, [ended, queryClient, trpc]);

  if (!data) return error ? <Notice tone="warn">{errorText(error)}</Notice> : <Skeleton className="h-10" />;
  return (
    <div className="grid gap-2" aria-live="polite">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StatusBadge status={data.status} />
        <span className="tabular-nums">
          {formatCount(data.doneCount)} of {formatCount(data.totalCount)} completions
        </span>
        {!ended && data.activity && <span className="min-w-0 flex-1 truncate text-muted">{data.activity}</span>}
        {!ended && (
          <Button
            size="sm"
            className="ml-auto"
            busy={cancel.isPending || cancel.isSuccess}
            onClick={() => cancel.mutate({ project: slug, generationId })}
          >
            Stop
          </Button>
        )}
      </div>
      {!ended && (
        <ProgressBar
          label="Completions written"
          value={data.doneCount}
          total={data.doneCount > 0 ? data.totalCount : null}
        />
      )}
      {ended && data.taskCount !== null && data.taskCount > 0 && (
        <p>
          {plural(data.taskCount, "comparison task")} made.{" "}
          <Link href={`/p/${slug}/label`} className="link">
            Start labelling
          </Link>
        </p>
      )}
      {ended && data.identicalCount !== null && data.identicalCount > 0 && (
        <p className="text-muted">
          {plural(data.identicalCount, "prompt")} without a task: the completions were the same.
        </p>
      )}
      {data.error && <Notice tone={data.status === "failed" ? "bad" : "warn"}>{data.error}</Notice>}
    </div>
  );
}
