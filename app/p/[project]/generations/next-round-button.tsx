"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { Button, type ButtonLook } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { toast } from "@/app/components/toast";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";

/** One click: the model and the one it was trained from answer the same prompts, and people compare them blindly. */
export function NextRoundButton({ modelVersionId, ...look }: { modelVersionId: string } & ButtonLook) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const models = useQuery(trpc.models.list.queryOptions({ project: slug })).data;
  const previous = models?.find((model) => model.id === modelVersionId)?.parent;
  const start = useMutation(
    trpc.generations.nextRound.mutationOptions({
      onSuccess: () => {
        toast({
          tone: "good",
          title: "The next round has started",
          detail: `Both models are writing completions; the tasks appear when they are done.`,
        });
        void queryClient.invalidateQueries({ queryKey: trpc.projects.overview.queryKey({ project: slug }) });
        void queryClient.invalidateQueries({ queryKey: trpc.generations.pathKey() });
      },
      onError: (error) => toast({ tone: "bad", title: errorText(error) }),
    }),
  );
  return (
    <Button
      icon={<RefreshCw />}
      {...look}
      busy={start.isPending}
      disabled={!previous || start.isSuccess}
      title={
        previous
          ? `Compares this model with ${previous.name}`
          : "Only a trained model has a previous model to compare with"
      }
      onClick={() => previous && start.mutate({ project: slug, modelVersionId, previousModelVersionId: previous.id })}
    >
      Start the next round
    </Button>
  );
}
