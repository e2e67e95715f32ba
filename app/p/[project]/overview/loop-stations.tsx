import Link from "next/link";
import type { ReactNode } from "react";
import type { Tone } from "@/app/components/badge";
import { cx } from "@/app/components/class-names";
import { formatCount, plural } from "@/app/components/format";
import { RelativeTime } from "@/app/components/relative-time";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";
import type { ProjectOverview } from "./next-action";

type Station = { name: string; href: string; count: ReactNode; health: ReactNode; tone: Tone };

const RUN_TONES: Record<NonNullable<ProjectOverview["run"]["latest"]>["status"], Tone> = {
  queued: "accent",
  running: "accent",
  completed: "good",
  failed: "bad",
  cancelled: "warn",
  paused: "warn",
};

function stationsOf(
  { prompts, tasks, labels, dataset, run, model, nextRound }: ProjectOverview,
  to: ReturnType<typeof pathsOf>,
): Station[] {
  const lastRun = run.latest;
  return [
    {
      name: "Prompts",
      href: to.prompts(),
      count: formatCount(prompts.count),
      health:
        prompts.count === 0
          ? "none yet"
          : prompts.withoutCompletions > 0
            ? `${formatCount(prompts.withoutCompletions)} without completions`
            : "all have completions",
      tone: prompts.count > 0 && prompts.withoutCompletions === 0 ? "good" : "neutral",
    },
    {
      name: "Tasks",
      href: to.tasks(),
      count: formatCount(tasks.total),
      health: tasks.total === 0 ? "none yet" : openWords(tasks),
      tone: tasks.open > 0 ? "accent" : tasks.stuck > 0 ? "warn" : tasks.total > 0 ? "good" : "neutral",
    },
    {
      name: "Labels",
      href: to.labels(),
      count: formatCount(labels.count),
      health:
        labels.count === 0
          ? "none yet"
          : `${formatCount(labels.today)} today · ${plural(labels.annotators, "person", "people")}`,
      tone: labels.count > 0 ? "good" : "neutral",
    },
    {
      name: "Dataset",
      href: dataset.latest ? to.dataset(dataset.latest.id) : to.datasets,
      count: dataset.latest ? `v${dataset.latest.version}` : "–",
      health:
        dataset.newLabelsSince > 0
          ? `${plural(dataset.newLabelsSince, "new label")} since`
          : dataset.latest
            ? `${plural(dataset.latest.usedCount, "label")} used`
            : "frozen when you train",
      tone: dataset.latest && dataset.newLabelsSince > 0 ? "accent" : dataset.latest ? "good" : "neutral",
    },
    {
      name: "Run",
      href: lastRun ? to.run(lastRun.id) : to.runs,
      count: lastRun ? `#${lastRun.number}` : "–",
      health: !lastRun ? (
        "none yet"
      ) : lastRun.status === "running" ? (
        `step ${lastRun.step}${lastRun.totalSteps ? ` of ${lastRun.totalSteps}` : ""}`
      ) : (
        <>
          {lastRun.status}
          {lastRun.finishedAt && (
            <>
              {" "}
              <RelativeTime date={lastRun.finishedAt} />
            </>
          )}
        </>
      ),
      tone: lastRun ? RUN_TONES[lastRun.status] : "neutral",
    },
    {
      name: "Model",
      href: model.latest ? to.model(model.latest.id) : to.models,
      count: formatCount(model.count),
      health: model.latest ? model.latest.name : "only the base",
      tone: model.latest ? "good" : "neutral",
    },
    {
      name: "Next round",
      href: model.latest ? to.tasks({ status: "open" }) : to.models,
      count: formatCount(nextRound.tasksOpen),
      health: nextRound.tasksOpen > 0 ? "tasks open" : "compares new with old",
      tone: nextRound.tasksOpen > 0 ? "accent" : "neutral",
    },
  ];
}

function openWords({ open, stuck }: ProjectOverview["tasks"]): string {
  if (open === 0 && stuck === 0) return "all done";
  const parts = [open > 0 && `${formatCount(open)} open`, stuck > 0 && `${formatCount(stuck)} stuck`];
  return parts.filter(Boolean).join(" · ");
}

const DOTS: Record<Tone, string> = {
  neutral: "border border-line-strong bg-surface",
  accent: "bg-accent",
  good: "bg-good",
  warn: "bg-warn",
  bad: "bg-bad",
};

/** Seven stations in a row, each a link to its rows, and the way back from the last to the tasks. */
export function LoopStations({ overview }: { overview: ProjectOverview }) {
  const { slug } = useProject();
  return (
    <nav aria-label="The loop" className="relative lg:pb-7">
      <ol className="grid grid-cols-2 gap-2 sm:grid-cols-4 lg:grid-cols-7 lg:gap-5">
        {stationsOf(overview, pathsOf(slug)).map((station, index) => (
          <li key={station.name} className="relative">
            {index > 0 && (
              <span aria-hidden className="absolute top-1/2 -left-5 hidden h-px w-5 bg-line-strong lg:block">
                <Arrowhead className="-top-[3.5px] right-0" />
              </span>
            )}
            <Link
              href={station.href}
              className="group flex h-full min-w-0 flex-col rounded-lg border border-line bg-surface px-3 py-2.5 shadow-raised hover:border-line-strong"
            >
              <span className="text-muted text-xs">{station.name}</span>
              <span className="mt-0.5 font-semibold text-xl group-hover:text-accent">{station.count}</span>
              <span className="mt-1 flex items-start gap-1.5 text-muted text-xs">
                <span aria-hidden className={cx("mt-1 size-2 shrink-0 rounded-full", DOTS[station.tone])} />
                <span className="line-clamp-2 [overflow-wrap:anywhere]">{station.health}</span>
              </span>
            </Link>
          </li>
        ))}
      </ol>
      {/* From the middle of the seventh station back up to the second one: with 7 columns these lie at 13/14 and 3/14. */}
      <span
        aria-hidden
        className="absolute bottom-1.5 left-[21.4%] hidden h-5.5 w-[71.4%] rounded-b-lg border-line-strong border-x border-b lg:block"
      >
        <Arrowhead className="-top-0.5 -left-[4px] -rotate-90" />
      </span>
    </nav>
  );
}

function Arrowhead({ className }: { className: string }) {
  return (
    <span className={cx("absolute border-y-4 border-y-transparent border-l-[6px] border-l-line-strong", className)} />
  );
}
