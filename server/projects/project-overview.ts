import type { LabelKind } from "@/domain/labels/kinds";
import type { RunStatus, TrainingMethod } from "@/generated/prisma/client";
import { notBuilt } from "../api/not-built";

export type NextActionCode =
  | "import_prompts"
  | "generate"
  | "label"
  | "train"
  | "watch_run"
  | "next_round"
  | "compare_models";

/** The loop of a project: each station with its count, and the one next best action. */
export interface ProjectOverview {
  prompts: { count: number; byTaskType: { name: string; count: number }[]; withoutCompletions: number };
  tasks: { open: number; done: number; total: number; byKind: { kind: LabelKind; count: number }[] };
  labels: { count: number; today: number; annotators: number };
  dataset: {
    latest: { id: string; version: number; usedCount: number; createdAt: Date } | null;
    newLabelsSince: number;
  };
  run: {
    latest: {
      id: string;
      number: number;
      status: RunStatus;
      method: TrainingMethod;
      step: number;
      totalSteps: number | null;
      finishedAt: Date | null;
    } | null;
  };
  model: { latest: { id: string; name: string; createdAt: Date } | null; count: number };
  nextRound: { tasksOpen: number };
  generationActive: { id: string; doneCount: number; totalCount: number; activity: string | null } | null;
  nextAction: { code: NextActionCode; count?: number };
}

export async function projectOverview(_projectId: string): Promise<ProjectOverview> {
  return notBuilt("projectOverview");
}
