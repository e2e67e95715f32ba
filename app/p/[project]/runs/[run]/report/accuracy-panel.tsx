import { EstimateText } from "@/app/components/estimate-text";
import { plural } from "@/app/components/format";
import { Panel } from "@/app/components/panel";
import { ShareText } from "@/app/components/share-text";
import { Table, Td, Th, Tr } from "@/app/components/table";
import type { AccuracyGroup, RewardReport } from "@/domain/runs/reward-report";
import { IntervalBar } from "./interval-bar";

/** The share of held-out pairs in the right order: overall, and by strength, task type and annotator. */
export function AccuracyPanel({ report: { accuracy, heldOut, ensemble } }: { report: RewardReport }) {
  const groups = [
    { title: "By strength of the preference", rows: accuracy.byStrength },
    { title: "By task type", rows: accuracy.byTaskType },
    { title: "By annotator", rows: accuracy.byAnnotator },
  ].filter(({ rows }) => rows.length > 0);
  return (
    <Panel title="Accuracy">
      <div className="grid gap-4">
        <dl className="grid gap-x-8 gap-y-1.5 sm:grid-cols-[max-content_1fr]">
          <dt className="text-muted">
            Right order on {heldOut.split === "validation" ? "held-out pairs" : "all pairs (none are held out)"}
          </dt>
          <dd className="flex flex-wrap items-center gap-3">
            <ShareText share={accuracy.overall} of="pair" more={`, on ${plural(heldOut.prompts, "prompt")}`} />
            <IntervalBar share={accuracy.overall} />
          </dd>
          {accuracy.agreement && (
            <>
              <dt className="text-muted">Agreement between people, where two judged the same pair</dt>
              <dd>
                <EstimateText share estimate={accuracy.agreement.people} />
              </dd>
              <dt className="text-muted">Agreement of the model with those people, on those pairs</dt>
              <dd>
                <EstimateText share estimate={accuracy.agreement.model} />
              </dd>
            </>
          )}
          {ensemble && (
            <>
              <dt className="text-muted">Each member of the ensemble alone</dt>
              <dd className="flex flex-wrap gap-x-4">
                {ensemble.members.map((member, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: members are their places
                  <ShareText key={place} share={member} />
                ))}
              </dd>
            </>
          )}
        </dl>
        {groups.map(({ title, rows }) => (
          <Groups key={title} title={title} rows={rows} />
        ))}
      </div>
    </Panel>
  );
}

function Groups({ title, rows }: { title: string; rows: AccuracyGroup[] }) {
  return (
    <Table>
      <thead>
        <tr>
          <Th className="w-64">{title}</Th>
          <Th className="w-64">Right order</Th>
          <Th>
            <span className="sr-only">On a line from 0 to 1, with chance (one half) marked</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, title: name, accuracy }) => (
          <Tr key={key}>
            <Td className="[overflow-wrap:anywhere]">{name}</Td>
            <Td>
              <ShareText share={accuracy} of="pair" />
            </Td>
            <Td className="pt-3">
              <IntervalBar share={accuracy} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
