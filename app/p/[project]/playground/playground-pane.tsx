"use client";

import { useMutation } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import Link from "next/link";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { Select } from "@/app/components/form-fields";
import { plural } from "@/app/components/format";
import { Markdown } from "@/app/components/markdown";
import { Notice } from "@/app/components/notice";
import { SkeletonLines } from "@/app/components/skeleton";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import type { Message } from "@/domain/messages";
import { pathsOf } from "@/domain/paths";
import type { PlaygroundState } from "@/server/playground/watch-playground";
import { useProject } from "../project-context";
import { formatScore } from "../scores/format-score";

export interface PlaygroundRequest {
  /** Grows with each question: the same text can be asked twice. */
  number: number;
  messages: Message[];
  temperature: number;
  topP: number;
  maxTokens: number;
  seed: number;
  /** Scores the answers. */
  rewardModelId?: string;
}

/** One model's answer to the current question, streaming. */
export function PlaygroundPane({
  label,
  models,
  modelId,
  onModel,
  request,
}: {
  label: string;
  models: Outputs["models"]["list"];
  modelId: string | undefined;
  onModel(id: string): void;
  request: PlaygroundRequest | null;
}) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const [generationId, setGenerationId] = useState<string | null>(null);
  const start = useMutation(
    trpc.playground.start.mutationOptions({ onSuccess: (started) => setGenerationId(started.generationId) }),
  );
  const asked = useRef(0);

  useEffect(() => {
    if (!request || !modelId || asked.current === request.number) return;
    asked.current = request.number;
    const { number: _, ...question } = request;
    setGenerationId(null);
    start.mutate({ project, modelVersionId: modelId, ...question });
  }, [request, modelId, project, start]);

  return (
    <section aria-label={label} className="rounded-lg border border-line bg-surface">
      <header className="border-line border-b p-2">
        <Select aria-label={label} value={modelId} onChange={(event) => onModel(event.target.value)}>
          {models.map((model) => (
            <option key={model.id} value={model.id}>
              {model.name}
            </option>
          ))}
        </Select>
      </header>
      <div className="min-h-40 px-4 py-3">
        {start.error ? (
          <Notice tone="bad" title={errorText(start.error)} />
        ) : generationId ? (
          <Answer key={generationId} generationId={generationId} />
        ) : start.isPending ? (
          <SkeletonLines lines={4} />
        ) : (
          <p className="text-faint">The answer appears here.</p>
        )}
      </div>
    </section>
  );
}

function Answer({ generationId }: { generationId: string }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  // tRPC forgets a subscription's data when the stream ends; the answer is still to be read.
  const [data, setData] = useState<PlaygroundState>();
  const { error } = useSubscription(
    trpc.playground.watch.subscriptionOptions({ project, generationId }, { onData: setData }),
  );
  const cancel = useMutation(trpc.playground.cancel.mutationOptions());
  if (error) return <Notice tone="bad" title={errorText(error)} />;
  if (!data) return <SkeletonLines lines={4} />;
  // The answer is there before its score is.
  const written = data.finishReason !== null;
  const over = written || data.status === "completed" || data.status === "failed" || data.status === "cancelled";
  return (
    <>
      {data.text && <Markdown size="judged">{data.text}</Markdown>}
      {data.error && <Notice tone="bad" title={data.error} />}
      {over && !data.text && !data.error && (
        <p className="text-faint italic">The model ended its turn without a word.</p>
      )}
      <footer className="mt-3 flex items-center justify-between gap-3 text-muted text-xs">
        <span role="status">
          {over
            ? `${plural(data.tokens, "token")}${data.finishReason === "length" ? ", cut at the limit" : ""}${data.status === "cancelled" ? ", stopped" : ""}`
            : (data.activity ?? (data.tokens > 0 ? `${plural(data.tokens, "token")} so far` : "Waiting for the model"))}
        </span>
        {written && data.score && <Score score={data.score} ended={data.status !== "running"} />}
        {!over && (
          <Button
            size="sm"
            variant="quiet"
            busy={cancel.isPending}
            onClick={() => cancel.mutate({ project, generationId })}
          >
            Stop
          </Button>
        )}
      </footer>
    </>
  );
}

function Score({ score, ended }: { score: NonNullable<PlaygroundState["score"]>; ended: boolean }) {
  const { slug: project } = useProject();
  if (score.problem) return <span className="text-warn">No score: {score.problem}</span>;
  if (score.value === null) return <span>{ended ? "No score" : `Scoring with ${score.model.name} …`}</span>;
  return (
    <span>
      Score by{" "}
      <Link className="link" href={pathsOf(project).model(score.model.id)}>
        {score.model.name}
      </Link>{" "}
      <output aria-label="Score" className="ml-1 font-semibold text-ink text-sm tabular-nums">
        {formatScore(score.value)}
      </output>
    </span>
  );
}
