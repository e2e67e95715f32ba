"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useEffect, useState } from "react";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { formatBytes } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { ProgressBar } from "@/app/components/progress-bar";
import { Skeleton } from "@/app/components/skeleton";
import { toast } from "@/app/components/toast";
import { useTRPC } from "@/app/trpc-client";
import { isUnderWay } from "@/domain/runs/job-status";
import type { ExportRow } from "@/server/exports/export-row";
import { useProject } from "../project-context";

/** An export while it is made, and the way to stop it. */
export function ExportProgress({ exportId, title }: { exportId: string; title: string }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  // tRPC forgets a subscription's data when the stream ends; what was said last is still true.
  const [data, setData] = useState<ExportRow>();
  const { error } = useSubscription(
    trpc.exports.watch.subscriptionOptions({ project: slug, exportId }, { onData: setData }),
  );
  const cancel = useMutation(
    trpc.exports.cancel.mutationOptions({
      onError: (problem) => void toast({ tone: "bad", title: errorText(problem) }),
    }),
  );
  const ended = data !== undefined && !isUnderWay(data.status);

  useEffect(() => {
    if (ended) void queryClient.invalidateQueries({ queryKey: trpc.exports.pathKey() });
  }, [ended, queryClient, trpc]);

  if (!data) return error ? <Notice tone="warn">{errorText(error)}</Notice> : <Skeleton className="h-8" />;
  return (
    <div className="grid gap-2" aria-live="polite">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <span className="min-w-0 flex-1 truncate text-muted">{data.activity ?? "done"}</span>
        {data.totalBytes !== null && (
          <span className="tabular-nums">
            {formatBytes(data.doneBytes)} of {formatBytes(data.totalBytes)}
          </span>
        )}
        {!ended && (
          <Button
            size="sm"
            busy={cancel.isPending || cancel.isSuccess}
            onClick={() => cancel.mutate({ project: slug, exportId })}
          >
            Stop
          </Button>
        )}
      </div>
      <ProgressBar label={`Export: ${title}`} value={data.doneBytes} total={data.totalBytes} />
    </div>
  );
}
