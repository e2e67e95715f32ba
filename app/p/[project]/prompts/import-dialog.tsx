"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../../components/button";
import { Dialog } from "../../../components/dialog";
import { errorIssues, errorText } from "../../../components/error-text";
import { plural } from "../../../components/format";
import { Notice } from "../../../components/notice";
import { SkeletonLines } from "../../../components/skeleton";
import { toast } from "../../../components/toast";
import { useTRPC } from "../../../trpc-client";
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
  const preview = useMutation(trpc.prompts.previewImport.mutationOptions());
  const take = useMutation(
    trpc.prompts.import.mutationOptions({
      onSuccess: ({ accepted, duplicates }) => {
        toast({
          tone: "good",
          title: `${plural(accepted, "prompt")} imported`,
          detail: duplicates > 0 ? `${plural(duplicates, "duplicate")} left out` : undefined,
        });
        void queryClient.invalidateQueries({ queryKey: trpc.prompts.pathKey() });
        void queryClient.invalidateQueries({ queryKey: trpc.projects.pathKey() });
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
  const ready = found !== undefined && found.issues.length === 0 && count > 0;
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
            onClick={() => file && take.mutate({ project: slug, ...file })}
          >
            {ready ? `Import ${plural(count, "prompt")}` : "Import"}
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
        {preview.isPending ? <SkeletonLines lines={4} /> : found && <ImportPreview preview={found} ready={count} />}
      </div>
    </Dialog>
  );
}
