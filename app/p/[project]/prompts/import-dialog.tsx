"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/app/components/button";
import { Dialog } from "@/app/components/dialog";
import { errorIssues, errorText } from "@/app/components/error-text";
import { plural } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { SkeletonLines } from "@/app/components/skeleton";
import { toast } from "@/app/components/toast";
import { useTRPC } from "@/app/trpc-client";
import { isUnderWay } from "@/domain/runs/job-status";
import { ImportFound } from "./import-found";
import { ImportIssues } from "./import-issues";
import { ImportOutcome } from "./import-outcome";
import { ImportProgress } from "./import-progress";
import { ImportSource } from "./import-source";
import { importedWords, newOf } from "./import-words";
import { useImport } from "./use-import";

/** Paste or upload, look at what was understood, then take it in: all of it, nothing, or the rows without a fault. */
export function ImportDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [takeAnswers, setTakeAnswers] = useState(true);
  const file = useImport(open, (ended, wasSeenUnderWay) => {
    for (const router of [trpc.prompts, trpc.projects, trpc.labels, trpc.datasets])
      void queryClient.invalidateQueries({ queryKey: router.pathKey() });
    // An import that took everything closes by itself; one with rows left out says so first.
    const { accepted: prompts, labels, tasks, duplicates, leftOut } = ended.outcome;
    if (ended.status !== "completed" || !wasSeenUnderWay || leftOut > 0) return;
    toast({
      tone: "good",
      title: `${importedWords({ prompts, labels, tasks })} imported`,
      detail: duplicates > 0 ? `${plural(duplicates, "duplicate")} left out` : undefined,
    });
    close(false);
  });
  const { view, sending, found } = file;
  const isTaking = view?.phase === "import";
  const isEnded = isTaking && !isUnderWay(view.status);

  function close(next: boolean) {
    onOpenChange(next);
    if (next) return;
    file.leave();
    file.settle();
  }

  const refused = errorIssues(file.error);
  const wasReading = view?.phase === "preview";
  const fresh = newOf(found, takeAnswers, view?.phase === "preview" && view.status === "ready");
  const ready = fresh.isAny && found?.issueCount === 0;
  const start = (leaveOut: boolean) => file.start({ takeAnswers: fresh.labels + fresh.tasks > 0, leaveOut });
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      width="lg"
      title="Import prompts"
      footer={
        isTaking ? (
          <>
            <Button variant="quiet" onClick={file.other}>
              Import another file
            </Button>
            <Button variant="primary" onClick={() => close(false)}>
              {isEnded ? "Done" : "Close"}
            </Button>
          </>
        ) : (
          <>
            <Button variant="quiet" onClick={() => close(false)}>
              Cancel
            </Button>
            <Button variant="primary" disabled={!ready} busy={file.isStarting} onClick={() => start(false)}>
              {ready ? `Import ${importedWords(fresh)}` : "Import"}
            </Button>
          </>
        )
      }
    >
      <div className="grid gap-4">
        {!isTaking && !file.isOpening && (
          <ImportSource
            onFile={(next) => void file.send(next)}
            current={view ? { name: view.fileName, size: view.sizeBytes } : null}
          />
        )}
        {(file.isLoading || file.isOpening) && !sending && <SkeletonLines lines={4} />}
        {sending && (
          <ImportProgress
            title={`Uploading ${sending.fileName}`}
            doneBytes={sending.sent}
            totalBytes={sending.size}
            stop={{ label: "Stop", busy: false, onStop: file.leave }}
          />
        )}
        {file.problem && <Notice tone="bad">{file.problem}</Notice>}
        {file.error && refused.length === 0 && <Notice tone="bad">{errorText(file.error)}</Notice>}
        {refused.length > 0 && <ImportIssues issues={refused} count={refused.length} />}
        {wasReading && isUnderWay(view.status) && (
          <ImportProgress
            title={`Reading ${view.fileName}`}
            activity={view.activity}
            doneBytes={view.doneBytes}
            totalBytes={view.sizeBytes}
            doneRows={view.doneRows}
            stop={{ label: "Stop", busy: false, onStop: file.leave }}
          />
        )}
        {wasReading && view.status === "failed" && (
          <Notice
            tone="bad"
            title="The file could not be read"
            action={
              <Button size="sm" onClick={() => file.remap(file.mapping)}>
                Try again
              </Button>
            }
          >
            {view.error}
          </Notice>
        )}
        {wasReading && found && (
          <ImportFound
            found={found}
            fresh={fresh}
            mapping={file.mapping}
            takeAnswers={takeAnswers}
            isStarting={file.isStarting}
            hideIssues={refused.length > 0}
            onMapping={file.remap}
            onTakeAnswers={setTakeAnswers}
            onTakeGood={() => start(true)}
          />
        )}
        {isTaking && !isEnded && (
          <>
            <ImportProgress
              title={`Importing ${view.fileName}`}
              activity={view.activity}
              doneBytes={view.doneBytes}
              totalBytes={view.sizeBytes}
              doneRows={view.doneRows}
              stop={{ label: "Stop", busy: file.isStopping, onStop: file.stop }}
            />
            <p className="text-muted">
              You may close this window: the import goes on, and Files on the prompts page shows it. Its prompts appear
              together when it is done; if you stop it, none of them do.
            </p>
          </>
        )}
        {isEnded && <ImportOutcome view={view} onRetry={file.retry} />}
      </div>
    </Dialog>
  );
}
