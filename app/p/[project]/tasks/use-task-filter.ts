"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { z } from "zod";
import { type LabelKind, labelKindSchema } from "@/domain/labels/kinds";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";

export const taskStatusSchema = z.enum(["open", "stuck", "done", "archived"]);
const orderSchema = z.enum(["newest", "closest", "widest"]);

export interface TaskFilter {
  status: z.infer<typeof taskStatusSchema>;
  kind: LabelKind | undefined;
  /** Whose scores are shown; null hides them, undefined leaves the choice to the page. */
  rewardModelId: string | null | undefined;
  /** By the gap between the scores, or by age. */
  order: z.infer<typeof orderSchema>;
  /** Only tasks in which the reward model and the people differ. */
  disagreed: boolean;
}

/** What the tasks page shows, kept in its address so that it can be handed on and come back to. */
export function useTaskFilter(): [TaskFilter, (change: Partial<TaskFilter>) => void] {
  const { slug } = useProject();
  const router = useRouter();
  const params = useSearchParams();
  const reward = params.get("reward");
  const filter: TaskFilter = {
    status: taskStatusSchema.catch("open").parse(params.get("status")),
    kind: labelKindSchema.safeParse(params.get("kind")).data,
    rewardModelId: reward === "none" ? null : (z.uuid().safeParse(reward).data ?? undefined),
    order: orderSchema.catch("newest").parse(params.get("order")),
    disagreed: params.get("disagreed") === "yes",
  };
  const change = (changes: Partial<TaskFilter>) => {
    const next = { ...filter, ...changes };
    const address = new URLSearchParams({ status: next.status });
    if (next.kind) address.set("kind", next.kind);
    if (next.rewardModelId !== undefined) address.set("reward", next.rewardModelId ?? "none");
    if (next.order !== "newest") address.set("order", next.order);
    if (next.disagreed) address.set("disagreed", "yes");
    router.replace(`${pathsOf(slug).tasks()}?${address}`, { scroll: false });
  };
  return [filter, change];
}
