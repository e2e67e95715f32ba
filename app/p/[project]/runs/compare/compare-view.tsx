"use client";

import { GitCompareArrows } from "lucide-react";
import { type ReactNode, useState } from "react";
import { ButtonLink } from "@/app/components/button";
import { EmptyState } from "@/app/components/empty-state";
import { Field, Select } from "@/app/components/form-fields";
import { plural } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { Notice } from "@/app/components/notice";
import { PageHeader } from "@/app/components/page-header";
import { SkeletonTable } from "@/app/components/skeleton";
import { useProject } from "@/app/p/[project]/project-context";
import { pathsOf } from "@/domain/paths";
import { nameOfMethod } from "@/domain/runs/method-words";
import { FoldedCharts } from "../folded-charts";
import { arrangeMetrics, type MetricGroup } from "./arrange-metrics";
import { CompareChart } from "./compare-chart";
import { CompareConfiguration } from "./compare-configuration";
import { CompareFigures } from "./compare-figures";
import { type Axis, type ComparedRun, FEWEST_COMPARED, haveTokens, MOST_COMPARED } from "./compared-runs";
import { RunLine } from "./run-colors";
import { RunHeads } from "./run-heads";
import { useComparedRuns } from "./use-compared-runs";

/** Two to four runs side by side: curves over one another, what they were told, and where they ended. */
export function CompareView({ runIds }: { runIds: string[] }) {
  const { slug: project } = useProject();
  const fits = runIds.length >= FEWEST_COMPARED && runIds.length <= MOST_COMPARED;
  return (
    <>
      <PageHeader
        title="Compare runs"
        trail={[{ label: "Runs", href: pathsOf(project).runs }]}
        about="Curves on shared axes, configurations key by key, and the figures with which each run ended."
      />
      {fits ? (
        <Comparison runIds={runIds} />
      ) : (
        <EmptyState
          icon={<GitCompareArrows />}
          title={`Choose ${FEWEST_COMPARED} to ${MOST_COMPARED} runs`}
          action={<ButtonLink href={pathsOf(project).runs}>To the runs</ButtonLink>}
        >
          {runIds.length > MOST_COMPARED
            ? `${runIds.length} are too many to tell apart on one chart.`
            : "Tick them in the list of runs, then compare them."}
        </EmptyState>
      )}
    </>
  );
}

function Comparison({ runIds }: { runIds: string[] }) {
  const { slug: project } = useProject();
  const query = useComparedRuns(project, runIds);
  return (
    <Loaded query={query} skeleton={<SkeletonTable rows={runIds.length} />}>
      {(runs) => (
        <div className="grid gap-5">
          <RunHeads runs={runs} />
          <Curves runs={runs} />
          <Part title="Figures">
            <CompareFigures runs={runs} />
          </Part>
          <Part title="Configuration">
            <CompareConfiguration runs={runs} />
          </Part>
        </div>
      )}
    </Loaded>
  );
}

function Curves({ runs }: { runs: ComparedRun[] }) {
  const [axis, setAxis] = useState<Axis>("step");
  const { first, groups } = arrangeMetrics(runs);
  const byTokens = haveTokens(runs);
  const methods = new Set(runs.map(({ run }) => run.method));
  return (
    <Part title="Curves">
      {methods.size > 1 && (
        <Notice>
          Losses, rewards and log-probs of different methods are not comparable, because each method defines them
          differently. Accuracies are comparable.
        </Notice>
      )}
      <ul
        aria-label="Whose line is whose"
        className="sticky top-0 z-10 -mx-2 flex flex-wrap gap-x-5 gap-y-1 bg-canvas px-2 py-1.5 text-sm"
      >
        {runs.map(({ run }, place) => (
          <li key={run.id} className="flex items-center gap-2">
            <RunLine place={place} /> Run {run.number} <span className="text-muted">{nameOfMethod(run.method)}</span>
          </li>
        ))}
      </ul>
      <Field
        label="Horizontal axis"
        hint={byTokens ? undefined : "One of the runs did not record how many tokens each step took."}
        className="max-w-72"
      >
        <Select value={axis} onChange={(event) => setAxis(event.target.value === "tokens" ? "tokens" : "step")}>
          <option value="step">{methods.has("ppo") ? "optimizer steps, of PPO iterations" : "optimizer steps"}</option>
          <option value="tokens" disabled={!byTokens}>
            tokens trained on
          </option>
        </Select>
      </Field>
      {first.length + groups.length === 0 && <p className="text-muted">None of the runs has reported a figure yet.</p>}
      <CurveGrid names={first} runs={runs} axis={axis} />
      {groups.map((group) => (
        <CurveGroup key={group.title} group={group} runs={runs} axis={axis} />
      ))}
    </Part>
  );
}

function CurveGrid({ names, runs, axis }: { names: readonly string[]; runs: ComparedRun[]; axis: Axis }) {
  return (
    <div className="grid gap-3 lg:grid-cols-2">
      {names.map((name) => (
        <CompareChart key={name} name={name} runs={runs} axis={axis} />
      ))}
    </div>
  );
}

/** What is looked up when one of the first charts looks odd, or what one run alone reports. */
function CurveGroup({ group, runs, axis }: { group: MetricGroup; runs: ComparedRun[]; axis: Axis }) {
  const [opened, setOpened] = useState(false);
  const { title, names, runs: reporters } = group;
  const alone = reporters.length < runs.length ? `, reported only by run ${reporters.join(" and run ")}` : "";
  return (
    <FoldedCharts title={title} note={plural(names.length, "chart") + alone} opened={opened} onToggle={setOpened}>
      <CurveGrid names={names} runs={runs} axis={axis} />
    </FoldedCharts>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="grid gap-3">
      <h2 className="font-semibold">{title}</h2>
      {children}
    </section>
  );
}
