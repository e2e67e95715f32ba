"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect, useRef, useState } from "react";
import { Badge } from "@/app/components/badge";
import { cx } from "@/app/components/class-names";
import { excerpt, formatDuration, plural } from "@/app/components/format";
import { LoadMore } from "@/app/components/load-more";
import { Loaded } from "@/app/components/loaded";
import { RelativeTime } from "@/app/components/relative-time";
import { sourceWords } from "@/app/components/source-words";
import { useProject } from "@/app/p/[project]/project-context";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { ExcludedBadge, LabelMenu } from "./label-menu";

type Row = Outputs["labels"]["list"]["rows"][number];
type Filter = { promptId?: string; taskId?: string; annotatorId?: string; datasetVersionId?: string };

/** Labels, newest first: who said what, when, and which dataset versions took it in. */
export function LabelRows({ filter, withPrompt = false }: { filter: Filter; withPrompt?: boolean }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const labels = useInfiniteQuery(
    trpc.labels.list.infiniteQueryOptions(
      { project: slug, ...filter },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  return (
    <Loaded query={labels}>
      {({ pages }) => {
        const rows = pages.flatMap((page) => page.rows);
        if (rows.length === 0) return <p className="text-muted">No labels yet.</p>;
        return (
          <div className="grid gap-2">
            <ul className="divide-y divide-line">
              {rows.map((row) => (
                <LabelRow key={row.id} row={row} withPrompt={withPrompt} />
              ))}
            </ul>
            <LoadMore query={labels} shown={plural(rows.length, "label")} />
          </div>
        );
      }}
    </Loaded>
  );
}

function LabelRow({ row, withPrompt }: { row: Row; withPrompt: boolean }) {
  const { slug } = useProject();
  const item = useRef<HTMLLIElement>(null);
  const id = `label-${row.id}`;
  const [meant, setMeant] = useState(false);
  // The row loads after the page did, so the browser's own jump to the anchor came too early.
  useEffect(() => {
    if (window.location.hash !== `#${id}`) return;
    setMeant(true);
    item.current?.scrollIntoView({ block: "center" });
  }, [id]);
  return (
    <li
      ref={item}
      id={id}
      className={cx("grid grid-cols-1 gap-0.5 py-2", meant && "-mx-2 rounded-md bg-accent-soft px-2")}
    >
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
        {row.annotator.id === null ? (
          <span>
            <span className="font-medium">{row.annotator.name}</span>
            <span className="text-muted">{sourceWords(row.annotator.source)}</span>
          </span>
        ) : (
          <Link href={pathsOf(slug).labels({ annotator: row.annotator.id })} className="link font-medium">
            {row.annotator.name}
          </Link>
        )}
        <span
          title="A, B … are the task's completions in a fixed order, which is the same for everybody"
          className={row.superseded || row.withdrawn ? "text-faint line-through" : undefined}
        >
          {row.outcome}
        </span>
        {row.superseded && <Badge>corrected later</Badge>}
        {row.withdrawn && <Badge>taken back</Badge>}
        {row.imported && <Badge>imported</Badge>}
        {row.flagged && <Badge tone="warn">flagged</Badge>}
        <ExcludedBadge row={row} />
        {row.datasetVersions.map((version) => (
          <Link
            key={version.id}
            href={pathsOf(slug).dataset(version.id)}
            title={version.used ? "Used in this dataset version" : (version.reason ?? "Left out")}
          >
            <Badge tone={version.used ? "good" : "neutral"}>
              v{version.version} {version.used ? "used" : "left out"}
            </Badge>
          </Link>
        ))}
        <span className="ml-auto flex items-center gap-1 text-faint text-xs">
          {row.durationMs !== null && `${formatDuration(row.durationMs / 1000)} · `}
          <RelativeTime date={row.createdAt} />
          {!row.superseded && !row.withdrawn && <LabelMenu row={row} />}
        </span>
      </p>
      {row.note && <p className="text-muted [overflow-wrap:anywhere]">“{row.note}”</p>}
      {withPrompt && (
        <p className="flex items-baseline gap-2 text-muted text-xs">
          <Badge>{row.taskType}</Badge>
          <Link href={`${pathsOf(slug).prompt(row.promptId)}#${id}`} className="truncate hover:text-accent">
            {excerpt(row.promptText, 140)}
          </Link>
        </p>
      )}
    </li>
  );
}
