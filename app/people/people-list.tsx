"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { Input } from "../components/form-fields";
import { plural } from "../components/format";
import { LoadMore } from "../components/load-more";
import { Loaded } from "../components/loaded";
import { ActionsTh, Table, Th } from "../components/table";
import { useTRPC } from "../trpc-client";
import { PersonRow } from "./person-row";

export function PeopleList({ myId }: { myId: string }) {
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const search = useDeferredValue(text.trim());
  const people = useInfiniteQuery(
    trpc.people.list.infiniteQueryOptions({ search }, { getNextPageParam: (page) => page.nextCursor }),
  );
  return (
    <div className="grid gap-3">
      <Input
        type="search"
        aria-label="Search by name or email"
        placeholder="Search by name or email"
        className="max-w-72"
        maxLength={200}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Loaded query={people}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.rows);
          if (rows.length === 0) return <p className="text-muted">Nobody has such a name or email.</p>;
          return (
            <>
              <Table>
                <thead>
                  <tr>
                    <Th>Name</Th>
                    <Th>Projects</Th>
                    <Th>Signs in with</Th>
                    <Th>Since</Th>
                    <ActionsTh />
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row) => (
                    <PersonRow key={row.id} person={row} isMe={row.id === myId} />
                  ))}
                </tbody>
              </Table>
              <LoadMore query={people} shown={plural(rows.length, "person", "people")} />
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
