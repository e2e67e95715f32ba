"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useEffect, useState } from "react";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { Loaded } from "@/app/components/loaded";
import { Notice } from "@/app/components/notice";
import { RelativeTime } from "@/app/components/relative-time";
import { Skeleton } from "@/app/components/skeleton";
import { toast } from "@/app/components/toast";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { isUnderWay } from "@/domain/runs/job-status";
import { useProject } from "../project-context";

type Inspection = NonNullable<Outputs["models"]["inspection"]>;

/** What the trainer has read of a model's files: facts, and notices of what was ignored, assumed or changed. */
export function ModelFacts({ modelVersionId, areFilesGone }: { modelVersionId: string; areFilesGone: boolean }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const query = useQuery(trpc.models.inspection.queryOptions({ project, modelVersionId }));
  return (
    <Loaded query={query}>
      {(inspection) => {
        const ask = areFilesGone ? null : <ReadFiles modelVersionId={modelVersionId} isAgain={inspection !== null} />;
        if (inspection === null) {
          return (
            <div className="flex items-start justify-between gap-4">
              <p className="text-muted">
                {areFilesGone
                  ? "The files were removed before anybody asked what is in them."
                  : "Nobody has asked yet what is in this model's files."}
              </p>
              {ask}
            </div>
          );
        }
        if (isUnderWay(inspection.status)) return <Reading inspectionId={inspection.id} />;
        return <Read inspection={inspection} ask={ask} />;
      }}
    </Loaded>
  );
}

function Read({ inspection, ask }: { inspection: Inspection; ask: React.ReactNode }) {
  const { error, facts, finishedAt } = inspection;
  return (
    <div className="grid gap-3">
      {error && (
        <Notice tone="bad" title="The files can't be used">
          {error}
        </Notice>
      )}
      {facts
        .filter(({ isNotice }) => isNotice)
        .map(({ text }) => (
          <Notice key={text} tone="warn">
            {asSentence(text)}
          </Notice>
        ))}
      {!error && (
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
          {facts
            .filter(({ isNotice }) => !isNotice)
            .map(({ about, text }) => (
              <div key={about} className="contents">
                <dt className="text-muted">{about}</dt>
                <dd className="min-w-0 [overflow-wrap:anywhere]">{text}</dd>
              </div>
            ))}
        </dl>
      )}
      <div className="flex items-center justify-between gap-4 text-muted text-sm">
        <span>
          {finishedAt && (
            <>
              Read <RelativeTime date={finishedAt} />
            </>
          )}
        </span>
        {ask}
      </div>
    </div>
  );
}

/** Shows a reading that is under way, and the result once it has ended. */
function Reading({ inspectionId }: { inspectionId: string }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  // tRPC forgets a subscription's data when the stream ends; what was said last is still true.
  const [data, setData] = useState<Inspection>();
  const { error } = useSubscription(
    trpc.models.watchInspection.subscriptionOptions({ project, inspectionId }, { onData: setData }),
  );
  const ended = data !== undefined && !isUnderWay(data.status);
  useEffect(() => {
    if (ended) void queryClient.invalidateQueries({ queryKey: trpc.models.pathKey() });
  }, [ended, queryClient, trpc]);
  if (error) return <Notice tone="warn">{errorText(error)}</Notice>;
  return (
    <div className="grid gap-2" aria-live="polite">
      <p className="text-muted">{data?.activity ?? "Reading the model's files"}</p>
      <Skeleton className="h-8" />
    </div>
  );
}

function ReadFiles({ modelVersionId, isAgain }: { modelVersionId: string; isAgain: boolean }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const inspect = useMutation(
    trpc.models.inspect.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.models.pathKey() }),
      onError: (error) => void toast({ tone: "bad", title: errorText(error) }),
    }),
  );
  return (
    <Button size="sm" busy={inspect.isPending} onClick={() => inspect.mutate({ project, modelVersionId })}>
      {isAgain ? "Read again" : "Read the files"}
    </Button>
  );
}

/** The trainer writes a notice as the rest of a line; a page shows it as a sentence. */
const asSentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
