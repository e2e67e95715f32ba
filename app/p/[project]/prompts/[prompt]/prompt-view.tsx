"use client";

import { PageHeader } from "../../../../components/page-header";
import { Panel } from "../../../../components/panel";
import { LabelRows } from "../../labels/label-rows";
import { useProject } from "../../project-context";
import { PromptDetail } from "../prompt-detail";

/** Where the lineage of a record ends: the prompt, its completions, and every label with its person. */
export function PromptView({ promptId }: { promptId: string }) {
  const { slug } = useProject();
  return (
    <>
      <PageHeader title="Prompt" trail={[{ label: "Prompts", href: `/p/${slug}/prompts` }]} />
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
