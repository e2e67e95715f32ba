"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useState } from "react";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { toast } from "@/app/components/toast";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";

/** An evaluation under way: what happens, and the way to stop it. Each finished suite shows in its row. */
export function EvaluationProgress({ evaluationId }: { evaluationId: string }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [activity, setActivity] = useState<string | null>(null);
  useSubscription(
    trpc.evaluations.watch.subscriptionOptions(
      { project, evaluationId },
      {
        onData: (evaluation) => {
          setActivity(evaluation.activity);
          void queryClient.invalidateQueries({ queryKey: trpc.evaluations.list.queryKey({ project }) });
        },
      },
    ),
  );
  const cancel = useMutation(
    trpc.evaluations.cancel.mutationOptions({
      onError: (problem) => toast({ tone: "bad", title: errorText(problem) }),
    }),
  );
  return (
    <div className="grid justify-items-start gap-1" aria-live="polite">
      <Button
        size="sm"
        busy={cancel.isPending || cancel.isSuccess}
        onClick={() => cancel.mutate({ project, evaluationId })}
      >
        Stop
      </Button>
      <span className="text-muted text-xs">{activity ?? "starting"}</span>
    </div>
  );
}
