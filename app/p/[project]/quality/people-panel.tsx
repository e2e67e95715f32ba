"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useDeferredValue, useState } from "react";
import { Button } from "@/app/components/button";
import { EstimateText } from "@/app/components/estimate-text";
import { Input, Select } from "@/app/components/form-fields";
import { formatCount, plural } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { Panel } from "@/app/components/panel";
import { Table, Td, Th, Tr } from "@/app/components/table";
import { type Inputs, type Outputs, useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";

type Quality = Outputs["quality"]["get"];
type Order = NonNullable<Inputs["quality"]["pairs"]["order"]>;

const ORDERS: Record<Order, string> = {
  shared: "Most in common first",
  lowest: "Least agreement first",
  highest: "Most agreement first",
};
const SHOWN = 20;
const MOST_SHOWN = 200;

/** Cohen's κ of every two people who compared the same; of many people some, by order and name. */
export function PeoplePanel({ quality }: { quality: Quality }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const [order, setOrder] = useState<Order>("shared");
  const [name, setName] = useState("");
  const [limit, setLimit] = useState(SHOWN);
  const search = useDeferredValue(name).trim();
  const query = useQuery({
    ...trpc.quality.pairs.queryOptions({ project, order, search, limit }),
    placeholderData: keepPreviousData,
  });
  return (
    <Panel title="Two people on the same comparisons" flush>
      {quality.pairs > SHOWN && (
        <div className="flex flex-wrap items-center gap-2 border-line border-b p-3">
          <Input
            className="w-56"
            type="search"
            aria-label="Search people of these pairs"
            placeholder="Name, or two names"
            value={name}
            onChange={(event) => {
              setName(event.target.value);
              setLimit(SHOWN);
            }}
          />
          <Select
            className="w-52"
            aria-label="Order of the pairs"
            value={order}
            onChange={(event) => setOrder(event.target.value as Order)}
          >
            {Object.entries(ORDERS).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </Select>
        </div>
      )}
      <Loaded query={query}>
        {({ rows, total }) => (
          <>
            <Table className="border-0">
              <thead>
                <tr>
                  <Th>People</Th>
                  <Th numeric>In common</Th>
                  <Th>Cohen’s κ</Th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <PairRow key={row.people.map(({ id }) => id).join(" ")} row={row} />
                ))}
              </tbody>
            </Table>
            <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2 text-muted empty:hidden">
              {total === 0 && <span>No pair of people has these names.</span>}
              {total > rows.length && (
                <>
                  <span>
                    {formatCount(rows.length)} of {plural(total, "pair")} shown
                  </span>
                  {limit < MOST_SHOWN ? (
                    <Button size="sm" onClick={() => setLimit(Math.min(MOST_SHOWN, 3 * limit))}>
                      Show more
                    </Button>
                  ) : (
                    <span>Names or another order show others.</span>
                  )}
                </>
              )}
              {quality.sparsePairs > 0 && (
                <span>
                  {plural(quality.sparsePairs, "pair")} with fewer than five comparisons in common left out: too few to
                  say anything
                </span>
              )}
              {quality.surplusPairs > 0 && (
                <span>{plural(quality.surplusPairs, "more pair")} with the least in common left out</span>
              )}
            </div>
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function PairRow({ row: { people, shared, kappa } }: { row: Outputs["quality"]["pairs"]["rows"][number] }) {
  const { slug: project } = useProject();
  return (
    <Tr>
      <Td>
        {people.map(({ id, userId, name }, place) => (
          <span key={id}>
            {place > 0 && " and "}
            {userId ? (
              <Link className="link" href={pathsOf(project).labels({ annotator: userId })}>
                {name}
              </Link>
            ) : (
              name
            )}
          </span>
        ))}
      </Td>
      <Td numeric>{formatCount(shared)}</Td>
      <Td>
        {kappa.value === null ? (
          <span className="text-faint">undefined: both always gave one and the same answer</span>
        ) : (
          <EstimateText estimate={kappa} />
        )}
      </Td>
    </Tr>
  );
}
