"use client";

import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import { Badge } from "@/app/components/badge";
import { cx } from "@/app/components/class-names";
import { chartAnchor, useChartFocus } from "./chart-focus";
import type { Diagnosis } from "./diagnosis";

type Verdict = Diagnosis["verdicts"][number];

const LOOKS = {
  critical: { box: "border-bad/30 bg-bad-soft", icon: <CircleAlert className="text-bad" />, tone: "bad" },
  warning: { box: "border-warn/30 bg-warn-soft", icon: <TriangleAlert className="text-warn" />, tone: "warn" },
  info: { box: "border-line bg-sunken", icon: <Info className="text-muted" />, tone: "neutral" },
} as const;

/** One problem: its name, what was seen (each leads to its place on a chart), and what to do. */
export function VerdictCard({ verdict }: { verdict: Verdict }) {
  const look = LOOKS[verdict.severity];
  return (
    <li
      className={cx(
        "flex gap-2.5 rounded-md border px-3 py-2.5 [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0",
        look.box,
      )}
    >
      {look.icon}
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <h3 className="flex flex-wrap items-center gap-2 font-medium">
          {verdict.title} <Badge tone={look.tone}>{verdict.severity}</Badge>
        </h3>
        <ul className="mt-1 grid list-disc gap-0.5 pl-4">
          {verdict.evidence.map((evidence) => (
            <EvidenceLine key={evidence.text} evidence={evidence} />
          ))}
        </ul>
        <p className="mt-1.5 text-muted">
          <span className="font-medium text-ink">What to do: </span>
          {verdict.fix}
        </p>
      </div>
    </li>
  );
}

function EvidenceLine({ evidence: { text, metric, steps } }: { evidence: Verdict["evidence"][number] }) {
  const { show } = useChartFocus();
  if (metric === null || steps === null) return <li>{text}</li>;
  const [from, to] = steps;
  const where = from === to ? `step ${from}` : `steps ${from}–${to}`;
  return (
    <li>
      <a className="link" href={`#${chartAnchor(metric)}`} onClick={() => show({ metric, steps: [from, to] })}>
        {text}
      </a>{" "}
      <span className="whitespace-nowrap text-muted text-xs">({where})</span>
    </li>
  );
}
