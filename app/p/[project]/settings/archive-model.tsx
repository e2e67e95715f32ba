"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Badge } from "@/app/components/badge";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { toast, undoToast } from "@/app/components/toast";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";

/** Takes a model out of the lists, so that its files can go, or brings it back as long as they have not. */
export function ArchiveModel({ model }: { model: { id: string; name: string; archived: boolean } }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const refresh = () => {
    for (const part of [trpc.storage, trpc.models, trpc.projects])
      void queryClient.invalidateQueries({ queryKey: part.pathKey() });
  };
  const onError = (error: unknown) => void toast({ tone: "bad", title: errorText(error) });
  const input = { project: slug, modelVersionId: model.id };
  const restore = useMutation(trpc.models.restore.mutationOptions({ onSuccess: refresh, onError }));
  const archive = useMutation(
    trpc.models.archive.mutationOptions({
      onSuccess: () => {
        refresh();
        undoToast(`${model.name} archived. The next clean-up removes its files.`, () => restore.mutate(input));
      },
      onError,
    }),
  );
  if (!model.archived)
    return (
      <Button
        size="sm"
        variant="quiet"
        aria-label={`Archive ${model.name}`}
        busy={archive.isPending}
        onClick={() => archive.mutate(input)}
      >
        Archive
      </Button>
    );
  return (
    <>
      <Badge>archived</Badge>
      <Button
        size="sm"
        variant="quiet"
        aria-label={`Restore ${model.name}`}
        busy={restore.isPending}
        onClick={() => restore.mutate(input)}
      >
        Restore
      </Button>
    </>
  );
}
