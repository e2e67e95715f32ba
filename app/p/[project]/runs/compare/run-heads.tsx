import { Table, Tr } from "@/app/components/table";
import { RunCells, RunHeadings } from "../run-cells";
import type { ComparedRun } from "./compared-runs";
import { RunLine } from "./run-colors";

/** What each run is and where it stands. */
export function RunHeads({ runs }: { runs: readonly ComparedRun[] }) {
  return (
    <Table>
      <thead>
        <tr>
          <RunHeadings />
        </tr>
      </thead>
      <tbody>
        {runs.map(({ run }, place) => (
          <Tr key={run.id}>
            <RunCells run={run} mark={<RunLine place={place} />} />
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
