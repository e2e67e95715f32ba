"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useEffect, useRef, useState } from "react";
import { useTRPC } from "@/app/trpc-client";
import { isUnderWay } from "@/domain/runs/job-status";
import type { ImportView } from "@/server/prompts/import-row";
import { useProject } from "../project-context";
import type { ImportFile } from "./import-file";
import { type Upload, uploadFile } from "./upload-file";

/** A file on its way to the server. */
export interface Sending {
  fileName: string;
  sent: number;
  size: number;
}

/**
 * The file that the dialog is about: sent, looked at, taken in. What goes on at the server goes on without the page; when
 * the dialog opens again it finds it, also after a reload.
 * @param onEnded is called when an import has ended, and told whether it was seen under way before
 */
export function useImport(open: boolean, onEnded: (view: ImportView, wasSeenUnderWay: boolean) => void) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const [importId, setImportId] = useState<string | null>(null);
  const [view, setView] = useState<ImportView | null>(null);
  // Kept while the file is looked at under another mapping, so that the editor of the columns stays where it is.
  const [found, setFound] = useState<ImportView["preview"]>(null);
  // The roles as the person chose them last; the server may not have heard of the last ones yet.
  const [chosen, setChosen] = useState<ImportView["mapping"] | null>(null);
  const [sending, setSending] = useState<Sending | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  // What was said last is needed between two drawings of the page as well.
  const latest = useRef<ImportView | null>(null);
  const underWay = useRef<string | null>(null);
  const fresh = useRef<string | null>(null);
  const setAside = useRef(new Set<string>());
  const upload = useRef<Upload | null>(null);
  // A person who asks for another file while one is taken in does not want to be led back to the first.
  const [wantsOther, setWantsOther] = useState(false);
  const [hasSent, setHasSent] = useState(false);

  const isFree = open && importId === null && sending === null && !wantsOther;
  const current = useQuery(
    trpc.prompts.currentImport.queryOptions({ project: slug }, { enabled: isFree, staleTime: 0, gcTime: 0 }),
  );
  const unfinished = current.data?.importId ?? null;
  useEffect(() => {
    if (isFree && unfinished && !current.isFetching && !setAside.current.has(unfinished)) setImportId(unfinished);
  }, [isFree, unfinished, current.isFetching]);

  function show(next: ImportView) {
    latest.current = next;
    setView(next);
    if (next.preview) setFound(next.preview);
    if (next.phase === "preview") return;
    if (isUnderWay(next.status)) underWay.current = next.id;
    else onEnded(next, underWay.current === next.id);
  }
  const watching = useSubscription(
    trpc.prompts.watchImport.subscriptionOptions(
      { project: slug, importId: importId ?? "" },
      { enabled: open && importId !== null, onData: show },
    ),
  );
  // The stream ends with a look or an import that failed; what is tried again is watched again.
  const again = { onSuccess: () => watching.reset() };
  const remap = useMutation(trpc.prompts.remapImport.mutationOptions({ ...again, scope: { id: "remap" } }));
  const start = useMutation(
    trpc.prompts.startImport.mutationOptions({
      onError: () => {
        underWay.current = null;
      },
    }),
  );
  const retry = useMutation(trpc.prompts.retryImport.mutationOptions(again));
  const refresh = { onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.prompts.pathKey() }) };
  const cancel = useMutation(trpc.prompts.cancelImport.mutationOptions(refresh));

  const discardMutation = useMutation(trpc.prompts.cancelImport.mutationOptions(refresh));
  const discard = (id: string) => {
    setAside.current.add(id);
    discardMutation.mutate({ project: slug, importId: id });
  };

  /** Lets go of what the dialog shows. A file that is not being taken in is set aside, with its upload. */
  function leave() {
    upload.current?.abort();
    upload.current = null;
    // Where the server has not told a file's state yet, only a fresh upload is known not to be under way.
    const known = latest.current?.id === importId ? latest.current : null;
    const isUntaken = known ? known.phase === "preview" && known.status !== "cancelled" : fresh.current === importId;
    if (importId && isUntaken && underWay.current !== importId) discard(importId);
    latest.current = null;
    setImportId(null);
    setView(null);
    setFound(null);
    setChosen(null);
    setSending(null);
    setProblem(null);
    for (const mutation of [remap, start, retry, cancel]) mutation.reset();
  }

  async function send(file: ImportFile | null) {
    leave();
    if (!file) return;
    const { fileName, content } = file;
    setHasSent(true);
    setSending({ fileName, sent: 0, size: content.size });
    const mine = uploadFile(slug, file, (sent) => setSending({ fileName, sent, size: content.size }));
    upload.current = mine;
    try {
      const made = await mine.done;
      fresh.current = made;
      if (upload.current === mine) setImportId(made);
      else discard(made);
    } catch (error) {
      if (upload.current === mine) setProblem(error instanceof Error ? error.message : String(error));
    }
    if (upload.current !== mine) return;
    upload.current = null;
    setSending(null);
  }

  return {
    view: importId !== null && view?.id === importId ? view : null,
    found: importId !== null && view?.id === importId ? found : null,
    /** Whether there is nothing to show yet of the file. */
    isLoading: importId !== null && view?.id !== importId,
    /** Whether the dialog still has to learn what it is about. */
    isOpening: isFree && current.isFetching && !hasSent,
    sending,
    problem,
    error: remap.error ?? start.error ?? retry.error ?? watching.error ?? current.error,
    isStarting: start.isPending,
    isStopping: cancel.isPending || cancel.isSuccess,
    send,
    leave,
    /** Shows the way to another file while this one is taken in. */
    other: () => {
      leave();
      setWantsOther(true);
    },
    /** Forgets that another file was wanted, when the dialog closes. */
    settle: () => {
      setWantsOther(false);
      setHasSent(false);
    },
    mapping: chosen ?? view?.mapping ?? {},
    remap: (mapping: ImportView["mapping"]) => {
      if (!importId) return;
      setChosen(mapping);
      remap.mutate({ project: slug, importId, mapping });
    },
    start: (choice: { takeAnswers: boolean; leaveOut: boolean }) => {
      if (!importId) return;
      fresh.current = null;
      underWay.current = importId; // a small file may be done before anybody sees it under way
      start.mutate({ project: slug, importId, ...choice });
    },
    retry: () => importId && retry.mutate({ project: slug, importId }),
    stop: () => importId && cancel.mutate({ project: slug, importId }),
  };
}
