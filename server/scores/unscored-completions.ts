import type { Prisma } from "@/generated/prisma/client";

export interface ScoringScope {
  projectId: string;
  modelVersionId: string;
  /** The prompt; null selects the completions of all tasks that are not archived. */
  promptId: string | null;
}

/** The condition for the completions that a scoring is about: those of one prompt, or those that stand in a task. */
export const inScope = ({ projectId, promptId }: Omit<ScoringScope, "modelVersionId">): Prisma.CompletionWhereInput =>
  promptId ? { projectId, promptId } : { projectId, tasks: { some: { task: { archivedAt: null } } } };

export const unscored = (scope: ScoringScope): Prisma.CompletionWhereInput => ({
  ...inScope(scope),
  rewardScores: { none: { modelVersionId: scope.modelVersionId } },
});
