"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/app/components/button";
import { Dialog } from "@/app/components/dialog";
import { errorIssues, errorText } from "@/app/components/error-text";
import { Checkbox } from "@/app/components/form-fields";
import { plural } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { SkeletonLines } from "@/app/components/skeleton";
import { toast } from "@/app/components/toast";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";
import type { ImportFile } from "./import-file";
import { ImportIssues, ImportPreview } from "./import-preview";
import { ImportSource } from "./import-source";

/** Paste or upload, look at what was understood, then take it in: all of it or nothing. */
export function ImportDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const [file, setFile] = useState<ImportFile | null>(null);
  const [takeAnswers, setTakeAnswers] = useState(true);
  const preview = useMutation(trpc.prompts.previewImport.mutationOptions());
  const take = useMutation(
    trpc.prompts.import.mutationOptions({
      onSuccess: ({ accepted, duplicates, labels }) => {
        toast({
          tone: "good",
          title: `${importedWords(accepted, labels)} imported`,
          detail: duplicates > 0 ? `${plural(duplicates, "duplicate")} left out` : undefined,
        });
        void queryClient.invalidateQueries({ queryKey: trpc.prompts.pathKey() });
        void queryClient.invalidateQueries({ queryKey: trpc.projects.pathKey() });
        void queryClient.invalidateQueries({ queryKey: trpc.labels.pathKey() });
        void queryClient.invalidateQueries({ queryKey: trpc.datasets.pathKey() });
        close(false);
      },
    }),
  );

  function close(next: boolean) {
    onOpenChange(next);
    if (next) return;
    setFile(null);
    preview.reset();
    take.reset();
  }
  function look(next: ImportFile | null) {
    setFile(next);
    take.reset();
    if (next) preview.mutate({ project: slug, ...next });
    else preview.reset();
  }

  const found = file ? preview.data : undefined;
  const count = found ? found.total - found.duplicates - found.alreadyPresent : 0;
  const answers = found ? Object.values(found.answers).reduce((sum, count) => sum + count, 0) : 0;
  const labels = takeAnswers ? answers : 0;
  const ready = found !== undefined && found.issues.length === 0 && count + labels > 0;
  const issues = errorIssues(take.error ?? preview.error);

  return (
    <Dialog
      open={open}
      onOpenChange={close}
      width="lg"
      title="Import prompts"
      footer={
        <>
          <Button variant="quiet" onClick={() => close(false)}>
            Cancel
          </Button>
          <Button
            variant="primary"
            disabled={!ready || !file}
            busy={take.isPending}
            onClick={() => file && take.mutate({ project: slug, ...file, takeAnswers: labels > 0 })}
          >
            {ready ? `Import ${importedWords(count, labels)}` : "Import"}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <ImportSource onFile={look} />
        {(take.error ?? preview.error) && issues.length === 0 && (
          <Notice tone="bad">{errorText(take.error ?? preview.error)}</Notice>
        )}
        {issues.length > 0 && <ImportIssues issues={issues} />}
        {answers > 0 && found && (
          <Checkbox
            checked={takeAnswers}
            onChange={(event) => setTakeAnswers(event.target.checked)}
            label={`Take the answers in as labels: ${answerWords(found.answers)}`}
            hint="They train models like labels given here, are marked as imported, and can be excluded. A pair that does not say how much better counts as clearly better."
          />
        )}
        {preview.isPending ? <SkeletonLines lines={4} /> : found && <ImportPreview preview={found} ready={count} />}
      </div>
    </Dialog>
  );
}

const joined = (...parts: (string | false)[]) => parts.filter(Boolean).join(" and ");

const importedWords = (prompts: number, labels: number) =>
  joined((prompts > 0 || labels === 0) && plural(prompts, "prompt"), labels > 0 && plural(labels, "label"));

type Answers = Outputs["prompts"]["previewImport"]["answers"];

const ANSWER_WORDS: Record<keyof Answers, string> = {
  demonstration: "demonstration",
  comparison: "comparison",
  unpaired: "thumb up or down",
  rating: "rating",
  ranking: "ranking",
};

const answerWords = (answers: Answers) =>
  (Object.keys(ANSWER_WORDS) as (keyof Answers)[])
    .filter((kind) => answers[kind] > 0)
    .map((kind) => (kind === "unpaired" ? plural(answers[kind], "thumb") : plural(answers[kind], ANSWER_WORDS[kind])))
    .join(", ");
