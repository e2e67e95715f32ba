"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/components/button";
import { Dialog } from "@/app/components/dialog";
import { errorText } from "@/app/components/error-text";
import { Field, Input } from "@/app/components/form-fields";
import { Notice } from "@/app/components/notice";
import { useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { TokenLimitField } from "../generations/token-limit-field";
import { useProject } from "../project-context";

type Named = { id: string; name: string };

/** Both models complete the same prompts; each pair becomes a comparison task with shuffled sides and hidden names. */
export function NextRoundDialog({
  model,
  previous,
  open,
  onOpenChange,
}: {
  model: Named;
  previous: Named;
  open: boolean;
  onOpenChange(open: boolean): void;
}) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [promptCount, setPromptCount] = useState(20);
  const [requiredLabels, setRequiredLabels] = useState(1);
  const [maxTokens, setMaxTokens] = useState<number>();
  const start = useMutation(
    trpc.generations.nextRound.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries();
        onOpenChange(false);
        router.push(pathsOf(project).overview);
      },
    }),
  );
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Next round"
      description={`${model.name} and ${previous.name} complete the same prompts; people compare them without knowing which is which.`}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Close</Button>
          <Button
            variant="primary"
            busy={start.isPending}
            onClick={() =>
              start.mutate({
                project,
                modelVersionId: model.id,
                previousModelVersionId: previous.id,
                promptCount,
                requiredLabels,
                maxTokens,
              })
            }
          >
            Make comparison tasks
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {start.error && <Notice tone="bad" title={errorText(start.error)} />}
        <Field label="Prompts" hint="Prompts with the fewest labels come first.">
          <Input
            type="number"
            min={1}
            max={1000}
            value={promptCount}
            onChange={(event) => setPromptCount(event.target.valueAsNumber || 1)}
          />
        </Field>
        <TokenLimitField onChange={setMaxTokens} />
        <Field label="Labels for each task" hint="Two or more labels show how far people agree.">
          <Input
            type="number"
            min={1}
            max={20}
            value={requiredLabels}
            onChange={(event) => setRequiredLabels(event.target.valueAsNumber || 1)}
          />
        </Field>
      </div>
    </Dialog>
  );
}
