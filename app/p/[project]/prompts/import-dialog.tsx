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
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";
import { type ColumnMapping, ImportColumns } from "./import-columns";
import type { ImportFile } from "./import-file";
import { ImportFindings } from "./import-findings";
import { ImportIssues } from "./import-issues";
import { ImportOutcome, type Outcome } from "./import-outcome";
import { ImportPreview } from "./import-preview";
import { ImportSource } from "./import-source";
import { answerWords, countAnswers, type FoundFile, importedWords } from "./import-words";

/** Paste or upload, look at what was understood, then take it in: all of it, nothing, or the rows without a fault. */
export function ImportDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const [file, setFile] = useState<ImportFile | null>(null);
  const [mapping, setMapping] = useState<ColumnMapping>({});
  // Kept while the file is looked at under another mapping, so that the editor stays where it is.
  const [found, setFound] = useState<FoundFile | null>(null);
  const [takeAnswers, setTakeAnswers] = useState(true);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const preview = useMutation(trpc.prompts.previewImport.mutationOptions());
  const take = useMutation(
    trpc.prompts.import.mutationOptions({
      onSuccess: (taken) => {
        void queryClient.invalidateQueries({ queryKey: trpc.prompts.pathKey() });
        void queryClient.invalidateQueries({ queryKey: trpc.projects.pathKey() });
        void queryClient.invalidateQueries({ queryKey: trpc.labels.pathKey() });
        void queryClient.invalidateQueries({ queryKey: trpc.datasets.pathKey() });
        if (taken.leftOut > 0) {
          setOutcome(taken);
          return;
        }
        toast({
          tone: "good",
          title: `${importedWords(taken.accepted, taken.labels)} imported`,
          detail: taken.duplicates > 0 ? `${plural(taken.duplicates, "duplicate")} left out` : undefined,
        });
        close(false);
      },
    }),
  );

  function close(next: boolean) {
    onOpenChange(next);
    if (next) return;
    setFile(null);
    setFound(null);
    setMapping({});
    setOutcome(null);
    preview.reset();
    take.reset();
  }
  function look(next: ImportFile | null, under: ColumnMapping = {}) {
    setFile(next);
    setMapping(under);
    if (!next || next !== file) setFound(null);
    take.reset();
    if (next) preview.mutate({ project: slug, ...next, mapping: under }, { onSuccess: setFound });
    else preview.reset();
  }

  const count = found ? found.total - found.duplicates - found.alreadyPresent : 0;
  const answers = found ? countAnswers(found.answers) : 0;
  const labels = takeAnswers ? answers : 0;
  const isCurrent = file !== null && found !== null && !preview.isPending && !preview.isError;
  const hasNew = isCurrent && count + labels > 0;
  const ready = hasNew && found.issueCount === 0;
  const error = take.error ?? preview.error;
  const refused = errorIssues(error);
  const submit = (leaveOut: boolean) =>
    file && take.mutate({ project: slug, ...file, mapping, takeAnswers: labels > 0, leaveOut });

  if (outcome)
    return (
      <Dialog
        open={open}
        onOpenChange={close}
        width="lg"
        title="Import prompts"
        footer={
          <Button variant="primary" onClick={() => close(false)}>
            Done
          </Button>
        }
      >
        <ImportOutcome outcome={outcome} />
      </Dialog>
    );
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
          <Button variant="primary" disabled={!ready} busy={take.isPending} onClick={() => submit(false)}>
            {ready ? `Import ${importedWords(count, labels)}` : "Import"}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <ImportSource onFile={look} />
        {error && refused.length === 0 && <Notice tone="bad">{errorText(error)}</Notice>}
        {refused.length > 0 && <ImportIssues issues={refused} count={refused.length} />}
        {preview.isPending && !found && <SkeletonLines lines={4} />}
        {found && (
          <>
            <ImportFindings found={found} />
            {found.issueCount > 0 && refused.length === 0 && (
              <ImportIssues
                issues={found.issues}
                count={found.issueCount}
                goodRows={
                  found.canLeaveOut && hasNew
                    ? {
                        ...{ count: found.total, leftOut: found.badRows, busy: take.isPending },
                        onTake: () => submit(true),
                      }
                    : undefined
                }
              />
            )}
            <ImportColumns
              columns={found.columns}
              mapping={mapping}
              needed={found.total === 0 && found.columns.length > 0}
              onChange={(next) => look(file, next)}
            />
            {answers > 0 && (
              <Checkbox
                checked={takeAnswers}
                onChange={(event) => setTakeAnswers(event.target.checked)}
                label={`Import the answers as labels: ${answerWords(found.answers)}`}
                hint="Imported labels train models like labels given here, are marked as imported, and can be excluded. A pair that does not say how much better its chosen completion is counts as clearly better."
              />
            )}
            <ImportPreview preview={found} ready={count} />
          </>
        )}
      </div>
    </Dialog>
  );
}
