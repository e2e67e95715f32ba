"use client";

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Gauge } from "lucide-react";
import Link from "next/link";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { Checkbox, Select } from "@/app/components/form-fields";
import { formatCount, plural } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { Skeleton } from "@/app/components/skeleton";
import { useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { isUnderWay } from "@/domain/runs/job-status";
import { useProject } from "../project-context";
import { AgreementText } from "../scores/agreement-text";
import { ScoringProgress } from "../scores/scoring-progress";
import type { RewardModel } from "../scores/use-reward-models";
import type { TaskFilter } from "./use-task-filter";

/** Which reward model scores the tasks' completions, how far it is, and how far it agrees with the people. */
export function ScorePanel({
  models,
  filter,
  onFilter,
}: {
  models: RewardModel[];
  filter: TaskFilter;
  onFilter(change: Partial<TaskFilter>): void;
}) {
  return (
    <section aria-label="Scores of a reward model" className="grid gap-2 rounded-lg border border-line bg-surface p-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Gauge aria-hidden className="size-4 text-muted" />
        <Select
          aria-label="Reward model"
          className="max-w-64"
          value={filter.rewardModelId ?? ""}
          onChange={(event) =>
            onFilter({ rewardModelId: event.target.value || null, order: "newest", disagreed: false })
          }
        >
          <option value="">No scores</option>
          {models.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        {filter.rewardModelId && (
          <Checkbox
            label="Only where it disagrees with people"
            checked={filter.disagreed}
            onChange={(event) => onFilter({ disagreed: event.target.checked })}
          />
        )}
      </div>
      {filter.rewardModelId && <Summary key={filter.rewardModelId} modelVersionId={filter.rewardModelId} />}
    </section>
  );
}

function Summary({ modelVersionId }: { modelVersionId: string }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const options = trpc.scores.summary.queryOptions({ project: slug, modelVersionId });
  const query = useQuery({ ...options, placeholderData: keepPreviousData });
  const start = useMutation(
    trpc.scores.start.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: options.queryKey }),
    }),
  );
  const { data } = query;
  if (!data) return query.error ? <Notice tone="bad" title={errorText(query.error)} /> : <Skeleton className="h-5" />;
  const { scoring, scored, total, model, agreement } = data;
  const underWay = isUnderWay(scoring?.status ?? "");
  const missing = total - scored;
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p>
          <Link href={pathsOf(slug).model(model.id)} className="link">
            {model.name}
          </Link>{" "}
          has scored {formatCount(scored)} of {plural(total, "completion")} in tasks.
        </p>
        {missing > 0 && !underWay && (
          <Button size="sm" busy={start.isPending} onClick={() => start.mutate({ project: slug, modelVersionId })}>
            Score {plural(missing, "completion")} with {model.name}
          </Button>
        )}
      </div>
      {start.error && <Notice tone="bad" title={errorText(start.error)} />}
      {scoring && <ScoringProgress key={scoring.id} scoringId={scoring.id} />}
      {scored > 0 && agreement && <AgreementText agreement={agreement} />}
    </>
  );
}
