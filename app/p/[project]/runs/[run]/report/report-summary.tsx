"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { ButtonLink } from "@/app/components/button";
import { Loaded } from "@/app/components/loaded";
import { Panel } from "@/app/components/panel";
import { ShareText } from "@/app/components/share-text";
import { SkeletonLines } from "@/app/components/skeleton";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { PROBE_MEANINGS } from "@/domain/runs/reward-report";
import { VerdictBadge } from "./verdict-badge";

/** The report of a reward run in a few lines, with the way to all of it. */
export function ReportSummary({ runId }: { runId: string }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const query = useQuery(trpc.runs.rewardReport.queryOptions({ project, runId }));
  const page = pathsOf(project).runReport(runId);
  return (
    <Panel
      title="Reward report"
      actions={
        query.data && (
          <ButtonLink size="sm" href={page}>
            Whole report
          </ButtonLink>
        )
      }
    >
      <Loaded query={query} skeleton={<SkeletonLines lines={2} />}>
        {(report) =>
          report === null ? (
            <p className="text-muted">
              The run wrote no reward report. A reward run with held-out pairs writes one at its end; another way is the
              command <code className="font-mono">trainer report</code>.
            </p>
          ) : (
            <div className="grid gap-2">
              <p>
                Right order on held-out pairs: <ShareText share={report.accuracy.overall} of="pair" />
              </p>
              <ul className="flex flex-wrap gap-x-4 gap-y-1" aria-label="Exploit probes">
                {report.probes.map(({ name, verdict }) => (
                  <li key={name}>
                    <Link className="link" href={`${page}#probe-${name}`}>
                      {PROBE_MEANINGS[name].title}
                    </Link>{" "}
                    <VerdictBadge verdict={verdict} />
                  </li>
                ))}
              </ul>
            </div>
          )
        }
      </Loaded>
    </Panel>
  );
}
