import Link from "next/link";
import { EstimateText } from "@/app/components/estimate-text";
import { formatCount } from "@/app/components/format";
import { Panel } from "@/app/components/panel";
import { Table, Td, Th, Tr } from "@/app/components/table";
import type { Outputs } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";

type Pairs = Outputs["quality"]["get"]["pairs"];

/** Cohen's κ of every two people who compared the same. */
export function PeoplePanel({ pairs }: { pairs: Pairs }) {
  const { slug: project } = useProject();
  return (
    <Panel title="Two people on the same comparisons" flush>
      <Table className="border-0">
        <thead>
          <tr>
            <Th>People</Th>
            <Th numeric>In common</Th>
            <Th>Cohen’s κ</Th>
          </tr>
        </thead>
        <tbody>
          {pairs.map(({ annotatorIds, userIds, names, shared, kappa }) => (
            <Tr key={annotatorIds.join(" ")}>
              <Td>
                {annotatorIds.map((id, place) => (
                  <span key={id}>
                    {place > 0 && " and "}
                    {userIds[place] ? (
                      <Link className="link" href={pathsOf(project).labels({ annotator: userIds[place] })}>
                        {names[place]}
                      </Link>
                    ) : (
                      names[place]
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
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
