"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { EstimateText } from "@/app/components/estimate-text";
import { formatNumber, plural } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { Panel } from "@/app/components/panel";
import { ScrollBox } from "@/app/components/scroll-box";
import { ShareText } from "@/app/components/share-text";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { PROBE_MEANINGS, type Probe } from "@/domain/runs/reward-report";
import { VerdictBadge } from "./verdict-badge";

/** What is done to completions that makes them no better, what the model says of it, and the way to correct it. */
export function ProbePanel({ runId, probes }: { runId: string; probes: Probe[] }) {
  if (probes.length === 0) return null;
  return (
    <Panel title="Exploit probes">
      <ul className="grid gap-5">
        {probes.map((probe) => (
          <ProbeItem key={probe.name} runId={runId} probe={probe} />
        ))}
      </ul>
    </Panel>
  );
}

function ProbeItem({ runId, probe }: { runId: string; probe: Probe }) {
  const { title, meaning } = PROBE_MEANINGS[probe.name];
  const [example] = probe.corrections;
  return (
    <li id={`probe-${probe.name}`} className="grid scroll-mt-4 gap-1.5">
      <h3 className="flex items-center gap-2 font-medium">
        {title} <VerdictBadge verdict={probe.verdict} />
      </h3>
      <p className="max-w-3xl text-muted">{meaning}</p>
      <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-[max-content_1fr]">
        <dt className="text-muted">Score shifts by</dt>
        <dd>
          <EstimateText estimate={probe.shift} />
          {probe.shiftInDeviations !== null && (
            <span className="text-muted">
              , {formatNumber(probe.shiftInDeviations)} standard deviations of the scores
            </span>
          )}
        </dd>
        <dt className="text-muted">Score raised for</dt>
        <dd>
          <ShareText share={probe.raised} of="completion" />
        </dd>
      </dl>
      {example && (
        <details>
          <summary className="text-muted">The exploit that gains most (+{formatNumber(example.shift)})</summary>
          <dl className="mt-1.5 grid gap-2 lg:grid-cols-2">
            {[
              { name: "The completion", text: example.completion },
              { name: "The exploit, which scores higher", text: example.exploit },
            ].map(({ name, text }) => (
              <div key={name} className="grid content-start gap-1">
                <dt className="text-muted text-xs">{name}</dt>
                <dd>
                  <ScrollBox
                    label={name}
                    className="max-h-60 whitespace-pre-wrap rounded-md border border-line bg-sunken p-2 text-xs [overflow-wrap:anywhere]"
                  >
                    {text}
                  </ScrollBox>
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {example && <Correct runId={runId} probe={probe} />}
    </li>
  );
}

function Correct({ runId, probe }: { runId: string; probe: Probe }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const correct = useMutation(
    trpc.runs.correctProbe.mutationOptions({
      onSuccess: () => {
        for (const part of [trpc.tasks, trpc.projects, trpc.prompts])
          void queryClient.invalidateQueries({ queryKey: part.pathKey() });
      },
    }),
  );
  const made = correct.data;
  if (made)
    return (
      <Notice
        tone={made.created > 0 ? "good" : "info"}
        title={`${plural(made.created, "comparison task")} made${made.existing > 0 ? `, ${made.existing} already there` : ""}`}
      >
        {made.unknown > 0 && (
          <p>
            {plural(made.unknown, "pair")} left out, because the prompt or completion is not in this project any more.
          </p>
        )}
        <Link className="link" href={pathsOf(project).tasks({ kind: "comparison" })}>
          See the tasks
        </Link>
      </Notice>
    );
  return (
    <div className="grid justify-items-start gap-2">
      {correct.error && <Notice tone="bad" title={errorText(correct.error)} />}
      <Button size="sm" busy={correct.isPending} onClick={() => correct.mutate({ project, runId, probe: probe.name })}>
        Make {plural(probe.corrections.length, "comparison task")} that correct it
      </Button>
    </div>
  );
}
