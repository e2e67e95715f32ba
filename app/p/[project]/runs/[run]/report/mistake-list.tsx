import Link from "next/link";
import { formatNumber } from "@/app/components/format";
import { Panel } from "@/app/components/panel";
import { Table, Td, Th, Tr } from "@/app/components/table";
import { useProject } from "@/app/p/[project]/project-context";
import { pathsOf } from "@/domain/paths";
import type { RewardReport } from "@/domain/runs/reward-report";

type Mistakes = RewardReport["mistakes"];

/** Held-out pairs in the wrong order, the surest first: each leads to its prompt and to the label that says otherwise. */
export function MistakeList({ mistakes }: { mistakes: Mistakes }) {
  const { slug: project } = useProject();
  return (
    <Panel title="Most confident mistakes" flush>
      {mistakes.length === 0 ? (
        <p className="p-4 text-muted">The model puts every held-out pair in the right order.</p>
      ) : (
        <Table className="border-0">
          <thead>
            <tr>
              <Th>Pair</Th>
              <Th numeric>Gap of the scores</Th>
              <Th numeric>People’s margin</Th>
            </tr>
          </thead>
          <tbody>
            {mistakes.map((mistake) => (
              <Tr key={mistake.place}>
                <Td>
                  {mistake.promptId ? (
                    <Link className="link" href={`${pathsOf(project).prompt(mistake.promptId)}${anchorOf(mistake)}`}>
                      {mistake.place}
                    </Link>
                  ) : (
                    mistake.place
                  )}
                </Td>
                <Td numeric>{formatNumber(mistake.gap)}</Td>
                <Td numeric>{formatNumber(mistake.margin)}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

const anchorOf = ({ labelIds: [first] }: Mistakes[number]) => (first ? `#label-${first}` : "");
