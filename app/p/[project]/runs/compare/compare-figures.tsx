"use client";

import { useState } from "react";
import { cx } from "@/app/components/class-names";
import { formatNumber, plural } from "@/app/components/format";
import { Table, Td, Th, Tr } from "@/app/components/table";
import { meaningOfMetric, titleOfMetric } from "@/domain/runs/metric-meaning";
import { FoldedCharts } from "../folded-charts";
import { arrangeMetrics, type MetricGroup } from "./arrange-metrics";
import { type ComparedRun, finalFigures } from "./compared-runs";
import { RunLine } from "./run-colors";

/** The last values side by side, those that are compared first; the best one, where better means something, in bold. */
export function CompareFigures({ runs }: { runs: readonly ComparedRun[] }) {
  const [opened, setOpened] = useState(false);
  const { first, groups } = arrangeMetrics(runs);
  const count = groups.reduce((sum, { names }) => sum + names.length, 0);
  if (first.length + count === 0) return <p className="text-muted">No figures yet.</p>;
  return (
    <>
      {first.length > 0 && <FiguresTable runs={runs} groups={[{ title: "", names: first }]} />}
      {count > 0 && (
        <FoldedCharts
          title={first.length > 0 ? "More figures" : "Figures that only one run reports"}
          note={plural(count, "figure")}
          opened={opened}
          onToggle={setOpened}
        >
          <FiguresTable runs={runs} groups={groups} />
        </FoldedCharts>
      )}
    </>
  );
}

function FiguresTable({
  runs,
  groups,
}: {
  runs: readonly ComparedRun[];
  /** Under a heading each; without one where it is empty. */
  groups: readonly Pick<MetricGroup, "title" | "names">[];
}) {
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
      {groups.map(({ title, names }) => (
        <tbody key={title}>
          {title && (
            <Tr>
              <th
                scope="rowgroup"
                colSpan={runs.length + 1}
                className="px-3 pt-3 pb-1 text-left font-medium text-muted"
              >
                {title}
              </th>
            </Tr>
          )}
          {finalFigures(runs, names).map(({ name, values, best }) => (
            <Tr key={name}>
              <Td title={meaningOfMetric(name)?.meaning}>{titleOfMetric(name)}</Td>
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
      ))}
    </Table>
  );
}
