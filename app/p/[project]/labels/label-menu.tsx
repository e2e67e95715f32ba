"use client";

import { useQuery } from "@tanstack/react-query";
import { EllipsisVertical, ListX } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/app/components/badge";
import { IconButton } from "@/app/components/button";
import { Menu } from "@/app/components/menu";
import { ExcludeDialog, type ExclusionTarget } from "@/app/p/[project]/datasets/exclude-dialog";
import { useProject } from "@/app/p/[project]/project-context";
import { type Outputs, useTRPC } from "@/app/trpc-client";

type Row = Pick<Outputs["labels"]["list"]["rows"][number], "id" | "taskId" | "annotator">;
type Choice = { label: string; of: string; target: ExclusionTarget };

/** Keeps the label, all of its task or all of its person out of the versions to come. */
export function LabelMenu({ row }: { row: Row }) {
  const [chosen, setChosen] = useState<Choice | null>(null);
  const { id, name } = row.annotator;
  const choices: Choice[] = [
    { label: "Exclude this label…", of: `a label of ${name}`, target: { kind: "label", id: row.id } },
    { label: "Exclude its task…", of: "all labels of a task", target: { kind: "task", id: row.taskId } },
    // A person whom a file names has no account here, so only labels and tasks can be excluded.
    ...(id === null
      ? []
      : [
          { label: `Exclude all of ${name}…`, of: `all labels of ${name}`, target: { kind: "annotator" as const, id } },
        ]),
  ];
  return (
    <>
      <Menu
        trigger={<IconButton label={`Exclude: label of ${name}`} icon={<EllipsisVertical />} />}
        entries={choices.map((choice) => ({ label: choice.label, icon: <ListX />, onSelect: () => setChosen(choice) }))}
      />
      {chosen && <ExcludeDialog {...chosen} onOpenChange={(open) => !open && setChosen(null)} />}
    </>
  );
}

/** Says of a label that an exclusion in force keeps it out. One query serves all rows of a page. */
export function ExcludedBadge({ row }: { row: Row }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const exclusions = useQuery(trpc.datasets.exclusions.queryOptions({ project: slug }, { staleTime: 60_000 }));
  const ids = new Set<string | null>([row.id, row.taskId, row.annotator.id]);
  const found = exclusions.data?.find(({ target, liftedAt }) => liftedAt === null && ids.has(target.id));
  if (!found) return null;
  return (
    <Badge tone="warn" title={found.reason}>
      excluded
    </Badge>
  );
}
