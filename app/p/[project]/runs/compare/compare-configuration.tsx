"use client";

import { useState } from "react";
import { cx } from "@/app/components/class-names";
import { Checkbox } from "@/app/components/form-fields";
import { Table, Td, Th, Tr } from "@/app/components/table";
import { type ComparedRun, compareConfigurations } from "./compared-runs";
import { RunLine } from "./run-colors";

/** The configurations key by key: first what differs, and on request what does not. */
export function CompareConfiguration({ runs }: { runs: readonly ComparedRun[] }) {
  const [all, setAll] = useState(false);
  const rows = compareConfigurations(runs.map(({ run }) => run.configuration));
  const differing = rows.filter(({ differs }) => differs);
  const shown = all ? rows : differing;
  return (
    <div className="grid gap-2">
      <Checkbox
        label={`Show the ${rows.length - differing.length} keys with equal values as well`}
        checked={all}
        onChange={(event) => setAll(event.target.checked)}
      />
      {shown.length === 0 ? (
        <p className="text-muted">The configurations are identical.</p>
      ) : (
        <Table>
          <thead>
            <tr>
              <Th>Key</Th>
              {runs.map(({ run }, place) => (
                <Th key={run.id}>
                  <RunLine place={place} /> Run {run.number}
                </Th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ key, values, differs }) => (
              <Tr key={key}>
                <Td className="font-mono text-xs">{key}</Td>
                {values.map((value, place) => (
                  <Td
                    key={runs[place]?.run.id}
                    className={cx(
                      "font-mono text-xs [overflow-wrap:anywhere]",
                      value === undefined ? "text-faint" : differs ? "text-ink" : "text-muted",
                    )}
                  >
                    {value ?? "–"}
                  </Td>
                ))}
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </div>
  );
}
