"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { plural } from "@/app/components/format";
import { LoadMore } from "@/app/components/load-more";
import { Loaded } from "@/app/components/loaded";
import { Panel } from "@/app/components/panel";
import { RelativeTime } from "@/app/components/relative-time";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";
import { auditLink, auditWords } from "./audit-words";

/** Who changed what, the newest first. */
export function AuditPanel() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const audit = useInfiniteQuery(
    trpc.members.audit.infiniteQueryOptions({ project: slug }, { getNextPageParam: (page) => page.nextCursor }),
  );
  return (
    <Panel title="Who changed what">
      <Loaded query={audit}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.rows);
          return (
            <div className="grid gap-2">
              <ol className="-mt-2 divide-y divide-line">
                {rows.map((row) => {
                  const href = auditLink(slug, row);
                  return (
                    <li key={row.id} className="flex flex-wrap items-baseline gap-x-2 py-1.5">
                      <span className="font-medium">{row.actor.name}</span>{" "}
                      {href ? (
                        <Link href={href} className="link">
                          {auditWords(row.action)}
                        </Link>
                      ) : (
                        <span>{auditWords(row.action)}</span>
                      )}{" "}
                      {row.detail && <span className="text-muted [overflow-wrap:anywhere]">{row.detail}</span>}
                      <span className="ml-auto text-faint text-xs">
                        <RelativeTime date={row.createdAt} />
                      </span>
                    </li>
                  );
                })}
              </ol>
              <LoadMore query={audit} shown={plural(rows.length, "entry", "entries")} />
            </div>
          );
        }}
      </Loaded>
    </Panel>
  );
}
