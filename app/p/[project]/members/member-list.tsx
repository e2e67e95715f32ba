"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Badge } from "../../../components/badge";
import { formatCount } from "../../../components/format";
import { Loaded } from "../../../components/loaded";
import { PageHeader } from "../../../components/page-header";
import { RelativeTime } from "../../../components/relative-time";
import { SkeletonTable } from "../../../components/skeleton";
import { Table, Td, Th, Tr } from "../../../components/table";
import { useTRPC } from "../../../trpc-client";
import { useProject } from "../project-context";

/** Who is in the project, and what each of them has given. */
export function MemberList() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const members = useQuery(trpc.members.list.queryOptions({ project: slug }));
  return (
    <>
      <PageHeader title="Members" about="Annotators label; admins also import, train and see who said what." />
      <Loaded query={members} skeleton={<SkeletonTable rows={4} />}>
        {(rows) => (
          <Table>
            <thead>
              <tr>
                <Th>Name</Th>
                <Th>Role</Th>
                <Th numeric>Labels</Th>
                <Th>Last label</Th>
                <Th>Joined</Th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Tr key={row.id}>
                  <Td>
                    <span className="font-medium">{row.name}</span>
                    <span className="block text-muted text-xs">{row.email}</span>
                  </Td>
                  <Td>
                    <span className="flex gap-1">
                      <Badge tone={row.role === "admin" ? "accent" : "neutral"}>{row.role}</Badge>
                      {row.deactivated && <Badge tone="warn">deactivated</Badge>}
                    </span>
                  </Td>
                  <Td numeric>
                    <Link href={`/p/${slug}/labels?annotator=${row.id}`} className="link">
                      {formatCount(row.labelCount)}
                    </Link>
                  </Td>
                  <Td className="text-muted text-xs">
                    {row.lastLabelAt ? <RelativeTime date={row.lastLabelAt} /> : "–"}
                  </Td>
                  <Td className="text-muted text-xs">
                    <RelativeTime date={row.joinedAt} />
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </Loaded>
    </>
  );
}
