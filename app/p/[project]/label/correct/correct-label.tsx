"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { errorText } from "@/app/components/error-text";
import { Loaded } from "@/app/components/loaded";
import { Notice } from "@/app/components/notice";
import { PageHeader } from "@/app/components/page-header";
import { toast } from "@/app/components/toast";
import { useProject } from "@/app/p/[project]/project-context";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { draftOfAnswer, KIND_PAGES } from "../kinds";

/** One's own answer again, on the page on which it was given; submitting supersedes it. */
export function CorrectLabel({ labelId }: { labelId: string }) {
  const { slug } = useProject();
  const trpc = useTRPC();
  const query = useQuery({
    ...trpc.labels.reopen.queryOptions({ project: slug, labelId }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className="mx-auto max-w-6xl">
      <PageHeader
        trail={[
          { label: "Label", href: pathsOf(slug).label },
          { label: "My labels", href: pathsOf(slug).myLabels },
        ]}
        title="Correct a label"
      />
      <Loaded query={query}>{(reopened) => <Correction labelId={labelId} reopened={reopened} />}</Loaded>
    </div>
  );
}

function Correction({ labelId, reopened }: { labelId: string; reopened: Outputs["labels"]["reopen"] }) {
  const { slug } = useProject();
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  // One correction is one label, however often the button is pressed.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const correct = useMutation(
    trpc.labels.correct.mutationOptions({
      onSuccess: () => {
        // Stale, but not fetched before the next page asks: this one would be refused what it has just corrected.
        void queryClient.invalidateQueries({ queryKey: trpc.labels.pathKey(), refetchType: "none" });
        toast({ title: "Corrected", tone: "good" });
        router.push(pathsOf(slug).myLabels);
      },
    }),
  );
  const { task } = reopened;
  const TaskPage = KIND_PAGES[task.kind].Task;
  return (
    <>
      {correct.error && (
        <div className="mb-3">
          <Notice tone="bad" title={errorText(correct.error)} />
        </div>
      )}
      <TaskPage
        task={task}
        draft={draftOfAnswer(reopened)}
        isDeaf={false}
        onDraft={() => undefined}
        onSubmit={(body) => {
          if (correct.isPending) return;
          const shownOrder = task.completions.map(({ id }) => id);
          correct.mutate({ project: slug, labelId, ...body, taskId: task.taskId, idempotencyKey, shownOrder });
        }}
      />
    </>
  );
}
