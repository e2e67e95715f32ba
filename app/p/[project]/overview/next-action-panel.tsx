"use client";

import { ArrowRight, Sparkles } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Button, ButtonLink } from "@/app/components/button";
import { cx } from "@/app/components/class-names";
import { plural } from "@/app/components/format";
import { Panel } from "@/app/components/panel";
import { pathsOf } from "@/domain/paths";
import { GenerationProgress } from "../generations/generation-progress";
import { NextRoundButton } from "../generations/next-round-button";
import { useProject } from "../project-context";
import { describeNextAction, type ProjectOverview } from "./next-action";

type Props = { overview: ProjectOverview; onTrain: () => void; onGenerate: () => void };

/** What goes wrong looks like it. */
const LOOKS: Partial<Record<ProjectOverview["nextAction"]["code"], string>> = {
  decide_paused_run: "border-warn/40 bg-warn-soft",
  read_diagnosis: "border-bad/40 bg-bad-soft",
};

export function NextActionPanel({ overview, ...acts }: Props) {
  const { slug } = useProject();
  const { title, why, button } = describeNextAction(overview);
  if (overview.generationActive && overview.nextAction.code === "generate")
    return (
      <Panel title="The model is answering the prompts">
        <GenerationProgress generationId={overview.generationActive.id} />
      </Panel>
    );
  return (
    <section
      aria-label="Next step"
      className={cx(
        "flex flex-wrap items-center gap-x-6 gap-y-3 rounded-lg border px-4 py-3.5",
        LOOKS[overview.nextAction.code] ?? "border-accent/30 bg-accent-soft",
      )}
    >
      <div className="min-w-0 flex-1 basis-64">
        <h2 className="font-semibold text-lg">{title}</h2>
        <p className="text-muted">
          {why}
          {overview.tasks.open > 0 && overview.nextAction.code !== "label" && (
            <>
              {" "}
              Or{" "}
              <Link href={pathsOf(slug).label} className="link">
                label {plural(overview.tasks.open, "open task")}
              </Link>
              .
            </>
          )}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        <NextActionButton overview={overview} label={button} {...acts} />
        {overview.nextAction.code === "read_diagnosis" && overview.model.latest?.untried && (
          <NextRoundButton modelVersionId={overview.model.latest.id} size="lg" />
        )}
      </div>
    </section>
  );
}

function NextActionButton({ overview, label, onTrain, onGenerate }: Props & { label: string }): ReactNode {
  const { slug } = useProject();
  const link = (path: string) => (
    <ButtonLink href={pathsOf(slug).page(path)} variant="primary" size="lg" icon={<ArrowRight />}>
      {label}
    </ButtonLink>
  );
  switch (overview.nextAction.code) {
    case "decide_paused_run":
      return link(`runs/${overview.run.paused?.id}`);
    case "read_diagnosis":
      return link(`runs/${overview.run.latest?.id}#diagnosis`);
    case "import_prompts":
      return link("prompts?import");
    case "generate":
      return (
        <Button variant="primary" size="lg" icon={<Sparkles />} onClick={onGenerate}>
          {label}
        </Button>
      );
    case "label":
      return link("label");
    case "free_stuck_tasks":
      return link("tasks?status=stuck");
    case "train":
      return (
        <Button variant="primary" size="lg" icon={<Sparkles />} onClick={onTrain}>
          {label}
        </Button>
      );
    case "watch_run":
      return link(overview.run.latest ? `runs/${overview.run.latest.id}` : "runs");
    case "next_round":
      return overview.model.latest ? (
        <NextRoundButton modelVersionId={overview.model.latest.id} variant="primary" size="lg" />
      ) : (
        link("models")
      );
    case "compare_models":
      return link("playground");
  }
}
