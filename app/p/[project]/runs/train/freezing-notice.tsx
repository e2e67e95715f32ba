"use client";

import { useQuery } from "@tanstack/react-query";
import { formatCount } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPC } from "@/app/trpc-client";

const WORDS = {
  labels: (done: string, total: string) => `${done} of ${total} labels read`,
  records: (done: string, total: string) => `${done} of ${total} records written`,
  ledger: (done: string, total: string) => `${done} of ${total} labels accounted for`,
};

/** How far the freezing of the labels is, for whoever has pressed the button and waits. */
export function FreezingNotice() {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const { data } = useQuery({ ...trpc.datasets.freezing.queryOptions({ project }), refetchInterval: 1_000 });
  if (!data) return null; // a small version is frozen before anybody could read this
  return (
    <Notice tone="info" title="The labels are being frozen into a dataset version">
      {WORDS[data.step](formatCount(data.done), formatCount(data.total))}. You may close this page: the run starts once
      the version is whole, and the version is left out entirely if anything fails.
    </Notice>
  );
}
