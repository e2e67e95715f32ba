"use client";

import { ArrowRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button, ButtonLink } from "../../../components/button";
import { Panel } from "../../../components/panel";
import { GenerateSheet } from "../generations/generate-sheet";
import { GenerationProgress } from "../generations/generation-progress";
import { NextRoundButton } from "../generations/next-round-button";
import { useProject } from "../project-context";
import { TrainButton } from "../runs/train-button";
import { describeNextAction, type ProjectOverview } from "./next-action";

export function NextActionPanel({ overview }: { overview: ProjectOverview }) {
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
      className="flex flex-wrap items-center gap-x-6 gap-y-3 rounded-lg border border-accent/30 bg-accent-soft px-4 py-3.5"
    >
      <div className="min-w-0 flex-1 basis-64">
        <h2 className="font-semibold text-lg">{title}</h2>
        <p className="text-muted">{why}</p>
      </div>
      <NextActionButton overview={overview} label={button} />
    </section>
  );
}

function NextActionButton({ overview, label }: { overview: ProjectOverview; label: string }): ReactNode {
  const { slug } = useProject();
  const [generating, setGenerating] = useState(false);
  const link = (path: string) => (
    <ButtonLink href={`/p/${slug}/${path}`} variant="primary" size="lg" icon={<ArrowRight />}>
      {label}
    </ButtonLink>
  );
  switch (overview.nextAction.code) {
    case "import_prompts":
      return link("prompts?import");
    case "generate":
      return (
        <>
          <Button variant="primary" size="lg" onClick={() => setGenerating(true)}>
            {label}
          </Button>
          <GenerateSheet open={generating} onOpenChange={setGenerating} />
        </>
      );
    case "label":
      return link("label");
    case "train":
      return <TrainButton project={slug} variant="primary" size="lg" />;
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
