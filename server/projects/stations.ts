import type { LabelKind } from "@/domain/labels/kinds";
import type { RunStatus } from "@/generated/prisma/client";

/** The loop of a project: each station with its count. */
export interface Stations {
  prompts: { count: number; byTaskType: { name: string; count: number }[]; withoutCompletions: number };
  /** `open` are the tasks that somebody can do, `stuck` the others that are not done. */
  tasks: { open: number; stuck: number; done: number; total: number; byKind: { kind: LabelKind; count: number }[] };
  labels: { count: number; today: number; annotators: number };
  dataset: {
    latest: { id: string; version: number; exportedCount: number; usedCount: number; createdAt: Date } | null;
    newLabelsSince: number;
  };
  run: {
    latest: {
      id: string;
      number: number;
      status: RunStatus;
      method: string;
      step: number;
      totalSteps: number | null;
      finishedAt: Date | null;
      /**
       * The titles of what the run's diagnosis calls critical. The list is empty once somebody has tried the run's
       * model.
       */
      critical: string[];
    } | null;
    /** The newest run that waits for a person to say how it goes on. */
    paused: { id: string; number: number; reason: string | null } | null;
  };
  model: {
    /** True where a run made the model and nobody has seen a completion of it yet. */
    latest: { id: string; name: string; createdAt: Date; untried: boolean } | null;
    count: number;
  };
  nextRound: { tasksOpen: number };
  generationActive: { id: string; doneCount: number; totalCount: number; activity: string | null } | null;
}
