"use client";

import { PageHeader } from "@/app/components/page-header";
import { Panel } from "@/app/components/panel";
import { LabelRows } from "@/app/p/[project]/labels/label-rows";
import { useProject } from "@/app/p/[project]/project-context";
import { pathsOf } from "@/domain/paths";
import { PromptDetail } from "../prompt-detail";

/** Where the lineage of a record ends: the prompt, its completions, and every label with its person. */
export function PromptView({ promptId }: { promptId: string }) {
  const { slug } = useProject();
  return (
    <>
      <PageHeader title="Prompt" trail={[{ label: "Prompts", href: pathsOf(slug).prompts() }]} />
      <div className="grid gap-5">
        <Panel>
          <PromptDetail promptId={promptId} />
        </Panel>
        <Panel title="Labels">
          <LabelRows filter={{ promptId }} />
        </Panel>
      </div>
    </>
  );
}
