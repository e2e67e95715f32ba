"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { Badge, StatusBadge } from "@/app/components/badge";
import { Button } from "@/app/components/button";
import { CompletionText } from "@/app/components/completion-text";
import { errorText } from "@/app/components/error-text";
import { plural } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { MessagesView } from "@/app/components/messages-view";
import { RelativeTime } from "@/app/components/relative-time";
import { ScrollBox } from "@/app/components/scroll-box";
import { toast, undoToast } from "@/app/components/toast";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { LABEL_KIND_NAMES } from "@/domain/labels/kinds";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";
import { formatScore } from "../scores/format-score";
import { ScorePrompt } from "../scores/score-prompt";

type Detail = Outputs["prompts"]["get"];

/** A prompt with all that hangs on it: its completions and who wrote them, its tasks. */
export function PromptDetail({ promptId }: { promptId: string }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const prompt = useQuery(trpc.prompts.get.queryOptions({ project: slug, promptId }));
  return (
    <Loaded query={prompt}>
      {(data) => (
        <div className="grid gap-4">
          <section aria-label="Prompt" className="max-w-3xl">
            <MessagesView messages={data.messages} />
          </section>
          <Completions completions={data.completions} />
          {data.completions.length > 0 && <ScorePrompt promptId={data.id} />}
          <footer className="flex flex-wrap items-center gap-x-4 gap-y-2 text-muted text-xs">
            {data.tasks.map((task) => (
              <Link key={task.id} href={pathsOf(slug).prompt(data.id)} className="link">
                {LABEL_KIND_NAMES[task.kind]} task, {task.labelCount} of {plural(task.requiredLabels, "label")}{" "}
                <StatusBadge status={task.status} />
              </Link>
            ))}
            <ArchiveButton prompt={data} />
          </footer>
        </div>
      )}
    </Loaded>
  );
}

function Completions({ completions }: { completions: Detail["completions"] }) {
  const { slug } = useProject();
  if (completions.length === 0) return <p className="text-muted">No completions yet.</p>;
  return (
    <ul className="grid gap-2 lg:grid-cols-2">
      {completions.map((completion) => (
        <li key={completion.id} className="min-w-0 rounded-md border border-line bg-surface px-3 py-2.5">
          <p className="mb-1.5 flex flex-wrap items-center gap-2 text-muted text-xs">
            {completion.modelVersionId ? (
              <Link href={pathsOf(slug).model(completion.modelVersionId)} className="link">
                {completion.modelName}
              </Link>
            ) : completion.probeRun ? (
              <Link href={pathsOf(slug).runReport(completion.probeRun.id)} className="link">
                probe of run {completion.probeRun.number}
              </Link>
            ) : (
              <span>{completion.author?.name ?? completion.origin}</span>
            )}
            {completion.scores.map(({ model, score }) => (
              <Link key={model.id} href={pathsOf(slug).model(model.id)} title={`Score by ${model.name}`}>
                <Badge>
                  {model.name}: {formatScore(score)}
                </Badge>
              </Link>
            ))}
            <span className="ml-auto text-faint">
              <RelativeTime date={completion.createdAt} />
            </span>
          </p>
          <ScrollBox label="Completion" className="max-h-80">
            <CompletionText completion={completion} empty="The model ended at once, without a word." />
          </ScrollBox>
        </li>
      ))}
    </ul>
  );
}

function ArchiveButton({ prompt }: { prompt: Detail }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.prompts.pathKey() });
  const onError = (error: unknown) => void toast({ tone: "bad", title: errorText(error) });
  const input = { project: slug, promptId: prompt.id };
  const restore = useMutation(trpc.prompts.restore.mutationOptions({ onSuccess: refresh, onError }));
  const archive = useMutation(
    trpc.prompts.archive.mutationOptions({
      onSuccess: async () => {
        await refresh();
        undoToast("Prompt archived. Its labels stay out of new dataset versions.", () => restore.mutate(input));
      },
      onError,
    }),
  );
  return prompt.archivedAt ? (
    <Button
      size="sm"
      variant="quiet"
      className="ml-auto"
      busy={restore.isPending}
      onClick={() => restore.mutate(input)}
    >
      Restore
    </Button>
  ) : (
    <Button
      size="sm"
      variant="quiet"
      className="ml-auto"
      busy={archive.isPending}
      onClick={() => archive.mutate(input)}
    >
      Archive
    </Button>
  );
}
