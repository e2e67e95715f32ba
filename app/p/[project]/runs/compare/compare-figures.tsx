import { cx } from "@/app/components/class-names";
import { formatNumber } from "@/app/components/format";
import { Table, Td, Th, Tr } from "@/app/components/table";
import { type ComparedRun, finalFigures, meaningOf, titleOf } from "./compared-runs";
import { RunLine } from "./run-colors";

/** The last value of every metric side by side; the best one, where better means something, in bold. */
export function CompareFigures({ runs }: { runs: readonly ComparedRun[] }) {
  const figures = finalFigures(runs);
  if (figures.length === 0) return <p className="text-muted">No figures yet.</p>;
  return (
    <Table>
      <thead>
        <tr>
          <Th>At the end</Th>
          {runs.map(({ run }, place) => (
            <Th key={run.id} numeric>
              <RunLine place={place} /> Run {run.number}
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {figures.map(({ name, values, best }) => (
          <Tr key={name}>
            <Td title={meaningOf(name)?.meaning}>{titleOf(name)}</Td>
            {values.map((value, place) => (
              <Td
                key={runs[place]?.run.id}
                numeric
                className={cx(value === null && "text-faint", best === place && "font-semibold text-good")}
              >
                {value === null ? "–" : formatNumber(value)}
                {best === place && <span className="sr-only"> (best)</span>}
              </Td>
            ))}
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
