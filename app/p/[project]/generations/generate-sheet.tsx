"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/app/components/button";
import { Sheet } from "@/app/components/dialog";
import { errorText } from "@/app/components/error-text";
import { plural } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { Notice } from "@/app/components/notice";
import { useShortcuts } from "@/app/components/shortcuts";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";
import { GenerateForm } from "./generate-form";
import { readGenerateForm } from "./generate-settings";
import { GenerationProgress } from "./generation-progress";

type Props = { open: boolean; onOpenChange: (open: boolean) => void; selected?: string[] };

/** Asks a model for completions, then shows them being written. Closing it stops nothing. */
export function GenerateSheet({ open, onOpenChange, selected = [] }: Props) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const [started, setStarted] = useState<string | null>(null);
  const models = useQuery(trpc.models.list.queryOptions({ project: slug }, { enabled: open }));
  const create = useMutation(
    trpc.generations.create.mutationOptions({
      onSuccess: ({ generationId }) => {
        setStarted(generationId);
        void queryClient.invalidateQueries({ queryKey: trpc.generations.pathKey() });
        void queryClient.invalidateQueries({ queryKey: trpc.projects.overview.queryKey({ project: slug }) });
      },
    }),
  );

  function close(next: boolean) {
    onOpenChange(next);
    if (!next) {
      setStarted(null);
      create.reset();
    }
  }
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    create.mutate({ project: slug, ...readGenerateForm(new FormData(event.currentTarget), selected) });
  }

  return (
    <Sheet
      open={open}
      onOpenChange={close}
      title="Generate completions"
      description="A model answers prompts; the answers are what people compare."
      footer={
        started ? (
          <Button onClick={() => close(false)}>Close</Button>
        ) : (
          <>
            <Button variant="quiet" onClick={() => close(false)}>
              Cancel
            </Button>
            <Button type="submit" form="generate" variant="primary" keys="Ctrl+Enter" busy={create.isPending}>
              Generate
            </Button>
          </>
        )
      }
    >
      {open && !started && <SubmitKey />}
      {started ? (
        <div className="grid gap-4">
          <GenerationProgress
            generationId={started}
            whileGoing={
              <p className="text-muted">You can close this: the work goes on, and the overview shows its progress.</p>
            }
          />
        </div>
      ) : (
        <Loaded query={models}>
          {(rows) => (
            <form id="generate" onSubmit={submit} className="grid gap-4">
              {create.error && <Notice tone="bad">{errorText(create.error)}</Notice>}
              {selected.length > 0 && <p className="text-muted">{plural(selected.length, "prompt")} selected.</p>}
              <GenerateForm models={rows.filter((model) => model.kind !== "reward")} selectedCount={selected.length} />
            </form>
          )}
        </Loaded>
      )}
    </Sheet>
  );
}

function SubmitKey() {
  useShortcuts("Generate", [
    {
      keys: "Ctrl+Enter",
      label: "Generate",
      whileTyping: true,
      run: () => (document.getElementById("generate") as HTMLFormElement | null)?.requestSubmit(),
    },
  ]);
  return null;
}
