"use client";

import { useQuery } from "@tanstack/react-query";
import { Loaded } from "@/app/components/loaded";
import { ActionsTh, Table, Th } from "@/app/components/table";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";
import { MemberRow } from "./member-row";

/** Everybody in the project, with their role and what they have given. */
export function MemberPanel() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const members = useQuery(trpc.members.list.queryOptions({ project: slug }));
  return (
    <section aria-label="People">
      <Loaded query={members}>
        {(rows) => (
          <Table>
            <thead>
              <tr>
                <Th>Name</Th>
                <Th>Role</Th>
                <Th numeric>Labels</Th>
                <Th>Last label</Th>
                <Th>Joined</Th>
                <ActionsTh />
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <MemberRow key={row.id} member={row} />
              ))}
            </tbody>
          </Table>
        )}
      </Loaded>
    </section>
  );
}
