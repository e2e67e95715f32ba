"use client";

import { useQuery } from "@tanstack/react-query";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";

export type RewardModel = Outputs["models"]["list"][number];

/** The project's reward models, newest first; undefined until they are known. */
export function useRewardModels(): RewardModel[] | undefined {
  const trpc = useTRPC();
  const { slug } = useProject();
  return useQuery(trpc.models.list.queryOptions({ project: slug })).data?.filter(({ kind }) => kind === "reward");
}
