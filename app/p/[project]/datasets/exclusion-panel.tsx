"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { Badge } from "@/app/components/badge";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { excerpt, plural } from "@/app/components/format";
import { Panel } from "@/app/components/panel";
import { RelativeTime } from "@/app/components/relative-time";
import { toast, undoToast } from "@/app/components/toast";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";

type Exclusion = Outputs["datasets"]["exclusions"][number];

/** What admins keep out of the versions to come, and why. Nothing is shown where there never was an exclusion. */
export function ExclusionPanel() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const exclusions = useQuery(trpc.datasets.exclusions.queryOptions({ project: slug }));
  if (!exclusions.data?.length) return null;
  return (
    <Panel title="Exclusions">
      <ul className="-my-2 divide-y divide-line">
        {exclusions.data.map((row) => (
          <ExclusionRow key={row.id} exclusion={row} />
        ))}
      </ul>
    </Panel>
  );
}

function ExclusionRow({ exclusion }: { exclusion: Exclusion }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { slug: project } = useProject();
  const { id, target, reason, createdBy, createdAt, liftedAt, labelCount } = exclusion;
  const options = {
    onSuccess: () => void queryClient.invalidateQueries(),
    onError: (error: unknown) => void toast({ tone: "bad", title: errorText(error) }),
  };
  const again = useMutation(trpc.datasets.exclude.mutationOptions(options));
  const lift = useMutation(trpc.datasets.liftExclusion.mutationOptions(options));
  const undo = () => again.mutate({ project, target, reason });
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1 py-2">
      <div className="min-w-48 flex-1">
        <p className={liftedAt ? "text-faint line-through" : undefined}>
          <What exclusion={exclusion} />
        </p>
        <p className="text-muted text-xs [overflow-wrap:anywhere]">“{reason}”</p>
      </div>
      <span className="text-faint text-xs">
        {plural(labelCount, "label")} · by {createdBy.name} <RelativeTime date={createdAt} />
      </span>
      {liftedAt ? (
        <Badge title="These labels count again">
          lifted <RelativeTime date={liftedAt} />
        </Badge>
      ) : (
        <Button
          size="sm"
          busy={lift.isPending}
          onClick={() =>
            lift.mutate({ project, exclusionId: id }, { onSuccess: () => void undoToast("Exclusion lifted", undo) })
          }
        >
          Lift
        </Button>
      )}
    </li>
  );
}

function What({ exclusion: { target, annotator, prompt, outcome } }: { exclusion: Exclusion }) {
  const { slug } = useProject();
  const person =
    annotator?.id == null ? (
      annotator?.name
    ) : (
      <Link href={pathsOf(slug).labels({ annotator: annotator.id })} className="link">
        {annotator.name}
      </Link>
    );
  const anchor = target.kind === "label" ? `#label-${target.id}` : "";
  const task = prompt && (
    <Link href={`${pathsOf(slug).prompt(prompt.id)}${anchor}`} className="link">
      {excerpt(prompt.text, 80)}
    </Link>
  );
  if (target.kind === "annotator") return <>All labels of {person}</>;
  if (target.kind === "task") return <>All labels of a task on {task}</>;
  return (
    <>
      {person}: {outcome}, on {task}
    </>
  );
}
