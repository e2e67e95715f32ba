import { EstimateText } from "@/app/components/estimate-text";
import { plural } from "@/app/components/format";
import { Panel } from "@/app/components/panel";
import { Table, Td, Th, Tr } from "@/app/components/table";
import type { Outputs } from "@/app/trpc-client";
import { LABEL_KIND_NAMES } from "@/domain/labels/kinds";

type Kinds = Outputs["quality"]["get"]["kinds"];

/** Agreement kind by kind; a figure that nothing can be said of says so. */
export function AgreementPanel({ kinds }: { kinds: Kinds }) {
  return (
    <Panel title="Agreement" flush>
      <Table className="border-0">
        <thead>
          <tr>
            <Th>Kind</Th>
            <Th>Figure</Th>
            <Th>Value and interval over tasks</Th>
            <Th>What it says</Th>
          </tr>
        </thead>
        <tbody>
          {kinds.flatMap(({ kind, labels, sharedTasks, figures, undefinedBecause }) => {
            const head = (
              <Td className="whitespace-nowrap" rowSpan={Math.max(1, figures.length)}>
                {LABEL_KIND_NAMES[kind]}
                <span className="block text-muted text-xs">
                  {plural(labels, "label")}, {plural(sharedTasks, "task")} labelled by several people
                </span>
              </Td>
            );
            if (undefinedBecause !== null)
              return [
                <Tr key={kind}>
                  {head}
                  <Td colSpan={3} className="text-muted">
                    undefined: {undefinedBecause}
                  </Td>
                </Tr>,
              ];
            return figures.map(({ name, meaning, estimate }, place) => (
              <Tr key={`${kind} ${name}`}>
                {place === 0 && head}
                <Td className="whitespace-nowrap">{name}</Td>
                <Td>
                  {sharedTasks === 0 ? (
                    <span className="text-faint">undefined: no two people labelled the same task</span>
                  ) : estimate.value === null ? (
                    <span className="text-faint">undefined: everyone gave the same answer</span>
                  ) : (
                    <EstimateText estimate={estimate} share={name === "Raw agreement"} />
                  )}
                </Td>
                <Td className="text-muted">{meaning}</Td>
              </Tr>
            ));
          })}
        </tbody>
      </Table>
    </Panel>
  );
}
