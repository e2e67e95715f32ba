import type { ReactNode } from "react";
import type { LabelKind } from "@/domain/labels/kinds";
import { ComparisonTask } from "./comparison/comparison-task";
import { DemonstrationTask } from "./demonstration/demonstration-task";
import { RankingTask } from "./ranking/ranking-task";
import { RatingTask } from "./rating/rating-task";
import type { TaskPageProps } from "./task-props";

/** The page of each label kind. */
export const TASK_PAGES: Record<LabelKind, (props: TaskPageProps) => ReactNode> = {
  comparison: ComparisonTask,
  demonstration: DemonstrationTask,
  ranking: RankingTask,
  rating: RatingTask,
};
