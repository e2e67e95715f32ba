"use client";

import { useMutation } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { Menu } from "@/app/components/menu";
import { toast } from "@/app/components/toast";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";
import { ScoringProgress } from "./scoring-progress";
import { useRewardModels } from "./use-reward-models";

/** Scores all completions of a prompt with a reward model; nothing where the project has none. */
export function ScorePrompt({ promptId }: { promptId: string }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const models = useRewardModels();
  const start = useMutation(
    trpc.scores.start.mutationOptions({
      onError: (problem) => void toast({ tone: "bad", title: errorText(problem) }),
    }),
  );
  if (!models || models.length === 0) return null;
  return (
    <div className="grid gap-2">
      <div>
        <Menu
          align="start"
          trigger={
            <Button size="sm" busy={start.isPending}>
              Score with … <ChevronDown aria-hidden />
            </Button>
          }
          entries={models.map(({ id, name }) => ({
            label: name,
            onSelect: () => start.mutate({ project: slug, promptId, modelVersionId: id }),
          }))}
        />
      </div>
      {start.data && <ScoringProgress key={start.data.scoringId} scoringId={start.data.scoringId} />}
    </div>
  );
}
