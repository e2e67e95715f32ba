"use client";

import { useQuery } from "@tanstack/react-query";
import { Badge, type Tone } from "@/app/components/badge";
import { plural } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { Notice } from "@/app/components/notice";
import { Panel } from "@/app/components/panel";
import { SkeletonLines } from "@/app/components/skeleton";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPC } from "@/app/trpc-client";
import { paths } from "@/domain/paths";
import { stepWordOf } from "@/domain/runs/method-words";
import { isFinished } from "@/domain/runs/run-status";
import type { Diagnosis } from "./diagnosis";
import { VerdictCard } from "./diagnosis-verdict";
import type { Run } from "./run-figures";
import { useLookAgain } from "./use-look-again";

const LOOK_AGAIN_MILLISECONDS = 4_000;

/** What is wrong with the run, as it goes and afterwards; and what was looked at where nothing is. */
export function DiagnosisPanel({ run: { id: runId, status, method } }: { run: Run }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const over = isFinished(status);
  const query = useQuery({
    ...trpc.runs.diagnosis.queryOptions({ project, runId }),
    refetchInterval: useLookAgain(over, LOOK_AGAIN_MILLISECONDS),
  });
  return (
    <div id="diagnosis" className="scroll-mt-4">
      <Panel title="Diagnosis" actions={query.data && <Summary diagnosis={query.data} stepWord={stepWordOf(method)} />}>
        <Loaded query={query} skeleton={<SkeletonLines />}>
          {(diagnosis) => (
            <div className="grid gap-3">
              {diagnosis.verdicts.length > 0 ? (
                <ul className="grid gap-3" aria-label="Problems">
                  {diagnosis.verdicts.map((verdict) => (
                    <VerdictCard key={verdict.name} verdict={verdict} />
                  ))}
                </ul>
              ) : (
                <NothingFound diagnosis={diagnosis} over={over} />
              )}
              <Checked diagnosis={diagnosis} />
              <p className="text-muted text-xs">
                Verdicts are rules of thumb, not proofs.{" "}
                <a className="link" href={paths.helpDiagnosis} target="_blank" rel="noreferrer">
                  How to read them
                </a>
              </p>
            </div>
          )}
        </Loaded>
      </Panel>
    </div>
  );
}

const TONES: Record<Diagnosis["verdicts"][number]["severity"], Tone> = {
  critical: "bad",
  warning: "warn",
  info: "neutral",
};

function Summary({ diagnosis: { verdicts, step }, stepWord }: { diagnosis: Diagnosis; stepWord: string }) {
  return (
    <>
      {(["critical", "warning", "info"] as const).map((severity) => {
        const count = verdicts.filter((verdict) => verdict.severity === severity).length;
        return count === 0 ? null : (
          <Badge key={severity} tone={TONES[severity]}>
            {severity === "warning" ? plural(count, severity) : `${count} ${severity}`}
          </Badge>
        );
      })}
      {step > 0 && (
        <span className="text-muted text-xs tabular-nums">
          after {stepWord} {step}
        </span>
      )}
    </>
  );
}

function NothingFound({ diagnosis: { clear, undecided, step }, over }: { diagnosis: Diagnosis; over: boolean }) {
  if (over && step === 0)
    return <Notice title="Nothing to check">The run has made no step, so there are no figures.</Notice>;
  if (clear.length > undecided.length || over)
    return (
      <Notice tone="good" title="No problem found">
        {plural(clear.length, "check")} passed
        {undecided.length > 0 && `; ${undecided.length} could not be checked with the figures that this run reports`}.
      </Notice>
    );
  return (
    <Notice title="Too early to tell">
      Most checks compare the start of a run with its latest steps, and need more steps than there are yet.
    </Notice>
  );
}

function Checked({ diagnosis: { clear, undecided } }: { diagnosis: Diagnosis }) {
  const rows = [
    ...clear.map((one) => ({ ...one, state: "OK" })),
    ...undecided.map((one) => ({ ...one, state: "Not enough data" })),
  ];
  if (rows.length === 0) return null;
  return (
    <details>
      <summary className="text-muted">
        What else was checked: {clear.length} passed, {undecided.length} could not be checked
      </summary>
      <dl className="mt-2 divide-y divide-line rounded-md border border-line">
        {rows.map(({ name, title, because, state }) => (
          <div key={name} className="grid gap-x-4 px-3 py-1.5 sm:grid-cols-[14rem_1fr]">
            <dt className="flex items-start justify-between gap-2">
              {title}
              <Badge tone={state === "OK" ? "good" : "neutral"}>{state}</Badge>
            </dt>
            <dd className="text-muted [overflow-wrap:anywhere]">{because}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
