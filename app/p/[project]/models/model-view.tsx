"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { Badge } from "@/app/components/badge";
import { Button, ButtonLink } from "@/app/components/button";
import { DownloadList } from "@/app/components/download-list";
import { errorText } from "@/app/components/error-text";
import { formatBytes, formatCount } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { PageHeader } from "@/app/components/page-header";
import { Panel } from "@/app/components/panel";
import { RelativeTime } from "@/app/components/relative-time";
import { Stat, StatRow } from "@/app/components/stat";
import { toast } from "@/app/components/toast";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { MODEL_KIND_NAMES } from "@/domain/models/model-kinds";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";
import { ReportSummary } from "../runs/[run]/report/report-summary";
import { ExportList } from "./export-list";
import { LineageList } from "./lineage-list";
import { ModelFacts } from "./model-facts";
import { NextRoundDialog } from "./next-round-dialog";
import { RemoveBase } from "./remove-base";

type Model = Outputs["models"]["get"];

/** One model version: where it came from and what can be done with it. */
export function ModelView({ modelVersionId }: { modelVersionId: string }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const query = useQuery(trpc.models.get.queryOptions({ project, modelVersionId }));
  return (
    <Loaded query={query}>
      {(model) => (
        <>
          <ModelHeader model={model} />
          <div className="grid gap-3">
            <Panel>
              <StatRow>
                <Stat label="Completions" value={formatCount(model.completionCount)} />
                <Stat
                  label="Size"
                  value={model.sizeBytes === null ? "–" : formatBytes(model.sizeBytes)}
                  hint={describeArtifact(model)}
                />
                <Stat label="Runs from it" value={formatCount(model.runsFrom.length)} />
                {model.reference && (
                  <Stat
                    label="Comes from"
                    value={<span className="break-all font-mono text-sm">{model.reference}</span>}
                  />
                )}
              </StatRow>
            </Panel>
            {model.kind === "reward" && model.lineage[0]?.run && <ReportSummary runId={model.lineage[0].run.id} />}
            <div className="grid items-start gap-3 lg:grid-cols-2">
              <Panel title="Lineage">
                <LineageList lineage={model.lineage} />
              </Panel>
              <div className="grid gap-3">
                <Panel title="What its files say">
                  <ModelFacts modelVersionId={model.id} areFilesGone={model.filesRemovedAt !== null} />
                </Panel>
                <Panel title="Files">
                  {model.files.length === 0 ? (
                    <p className="text-muted">
                      {model.filesRemovedAt
                        ? "The files were removed to free disk space; the completions that the model wrote are kept."
                        : "The files of an imported base stay where they are."}
                    </p>
                  ) : (
                    <DownloadList base={pathsOf(project).files.model(model.id)} files={model.files} />
                  )}
                </Panel>
                <Panel title="Exports">
                  <ExportList modelVersionId={model.id} />
                </Panel>
              </div>
            </div>
          </div>
        </>
      )}
    </Loaded>
  );
}

/** An ensemble's members each have a folder, but for the first. */
function describeArtifact({ artifactKind, files }: Model): string {
  const members = new Set(files.flatMap(({ name }) => /^(member-\d+)\//.exec(name)?.[1] ?? [])).size;
  return members === 0 ? artifactKind : `an ensemble of ${members + 1}`;
}

function ModelHeader({ model }: { model: Model }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [roundOpen, setRoundOpen] = useState(false);
  const promote = useMutation(
    trpc.models.promote.mutationOptions({
      onSuccess: () => void queryClient.invalidateQueries(),
      onError: (error) => void toast({ title: "The model was not promoted", detail: errorText(error), tone: "bad" }),
    }),
  );
  const previous = model.lineage[1]?.model;
  return (
    <>
      <PageHeader
        trail={[{ label: "Models", href: pathsOf(project).models }]}
        title={model.name}
        badge={model.promotedAt ? <Badge tone="good">promoted</Badge> : <Badge>{MODEL_KIND_NAMES[model.kind]}</Badge>}
        about={
          <>
            Made <RelativeTime date={model.createdAt} />
            {previous && (
              <>
                {" "}
                from{" "}
                <Link className="link" href={pathsOf(project).model(previous.id)}>
                  {previous.name}
                </Link>
              </>
            )}
          </>
        }
        actions={
          <>
            {!model.promotedAt && model.kind !== "reward" && (
              <Button busy={promote.isPending} onClick={() => promote.mutate({ project, modelVersionId: model.id })}>
                Promote
              </Button>
            )}
            {model.isRemovable && model.reference && (
              <RemoveBase modelVersionId={model.id} name={model.name} reference={model.reference} />
            )}
            <ButtonLink href={playgroundWith(project, model, previous?.id)}>Playground</ButtonLink>
            {model.kind === "reward" && (
              <ButtonLink href={pathsOf(project).tasks({ reward: model.id })}>Scores in tasks</ButtonLink>
            )}
            {previous && model.kind === "policy" && (
              <Button variant="primary" onClick={() => setRoundOpen(true)}>
                Next round
              </Button>
            )}
          </>
        }
      />
      {previous && <NextRoundDialog model={model} previous={previous} open={roundOpen} onOpenChange={setRoundOpen} />}
    </>
  );
}

/** A reward model scores there what others write. */
function playgroundWith(project: string, { id, kind }: Model, previousId: string | undefined): string {
  const { playground } = pathsOf(project);
  if (kind === "reward") return playground({ reward: id });
  return playground({ left: previousId, right: id });
}
