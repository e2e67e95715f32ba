"use client";

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ListChecks, Plus, Tags } from "lucide-react";
import { useState } from "react";
import { Button, ButtonLink } from "@/app/components/button";
import { EmptyState } from "@/app/components/empty-state";
import { Select } from "@/app/components/form-fields";
import { plural } from "@/app/components/format";
import { LoadMore } from "@/app/components/load-more";
import { Loaded } from "@/app/components/loaded";
import { PageHeader } from "@/app/components/page-header";
import { SkeletonTable } from "@/app/components/skeleton";
import { Tabs } from "@/app/components/tabs";
import { useTRPC } from "@/app/trpc-client";
import { LABEL_KIND_NAMES, labelKindSchema } from "@/domain/labels/kinds";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";
import { useRewardModels } from "../scores/use-reward-models";
import { CreateTasksDialog } from "./create-tasks-dialog";
import { ScorePanel } from "./score-panel";
import { StuckActs } from "./stuck-acts";
import { TaskDownload } from "./task-download";
import { TaskTable } from "./task-table";
import { type TaskFilter, taskStatusSchema, useTaskFilter } from "./use-task-filter";

const NAMES: Record<TaskFilter["status"], string> = {
  open: "Open",
  stuck: "Stuck",
  done: "Done",
  archived: "Archived",
};

export function TaskList() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const [asked, setFilter] = useTaskFilter();
  const rewardModels = useRewardModels();
  // Where nobody has chosen, the newest reward model's scores are shown.
  const filter = {
    ...asked,
    rewardModelId: asked.rewardModelId === undefined ? rewardModels?.[0]?.id : asked.rewardModelId,
  };
  const { status, kind, order, disagreed } = filter;
  const rewardModelId = filter.rewardModelId ?? undefined;
  const [creating, setCreating] = useState(false);
  const tasks = useInfiniteQuery(
    trpc.tasks.list.infiniteQueryOptions(
      { project: slug, status, kind, order, disagreed, rewardModelId },
      {
        enabled: rewardModels !== undefined,
        getNextPageParam: (page) => page.nextCursor,
        placeholderData: keepPreviousData,
      },
    ),
  );
  const stuck = useQuery(trpc.tasks.stuckCount.queryOptions({ project: slug, kind }));
  const create = (
    <Button icon={<Plus />} onClick={() => setCreating(true)}>
      Make tasks
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Tasks"
        about="What people are asked to label: a prompt with its completions, and how many labels it needs."
        actions={
          <>
            <ButtonLink href={pathsOf(slug).labels()} variant="quiet" icon={<Tags />}>
              All labels
            </ButtonLink>
            {create}
          </>
        }
      />
      <Loaded query={tasks} skeleton={<SkeletonTable rows={8} />}>
        {({ pages }) => {
          const told = { open: 0, done: 0, archived: 0, ...pages[0]?.counts };
          const counts = { ...told, stuck: stuck.data, open: Math.max(0, told.open - (stuck.data ?? 0)) };
          const rows = pages.flatMap((page) => page.rows);
          if (told.open + told.done + told.archived === 0 && !disagreed && !kind)
            return (
              <EmptyState icon={<ListChecks />} title="No tasks yet" action={create}>
                A comparison task shows two different completions of a prompt. Comparison tasks can be made together
                with the completions.
              </EmptyState>
            );
          return (
            <div className="grid gap-4">
              {rewardModels && rewardModels.length > 0 && (
                <ScorePanel models={rewardModels} filter={filter} onFilter={setFilter} />
              )}
              <Select
                aria-label="Kind"
                className="w-52"
                value={kind ?? ""}
                onChange={(event) => setFilter({ kind: labelKindSchema.safeParse(event.target.value).data })}
              >
                <option value="">All kinds</option>
                {labelKindSchema.options.map((option) => (
                  <option key={option} value={option}>
                    {LABEL_KIND_NAMES[option]}
                  </option>
                ))}
              </Select>
              <Tabs
                label="Tasks by status"
                value={status}
                onValueChange={(next) => setFilter({ status: taskStatusSchema.parse(next) })}
                tabs={taskStatusSchema.options.map((value) => ({
                  value,
                  label: NAMES[value],
                  ...(counts[value] !== undefined && { count: counts[value] }),
                  content: (
                    <div className="grid gap-3">
                      {value === "stuck" && rows.length > 0 && <StuckActs />}
                      {rows.length === 0 ? (
                        <EmptyState
                          title={
                            disagreed
                              ? `No ${value} tasks in which the reward model disagrees with people`
                              : `No ${value} tasks${kind ? " of this kind" : ""}`
                          }
                        />
                      ) : (
                        <TaskTable
                          rows={rows}
                          scored={rewardModelId !== undefined}
                          order={order}
                          onOrder={(next) => setFilter({ order: next })}
                        />
                      )}
                      <TaskDownload />
                      <LoadMore query={tasks} shown={plural(rows.length, "task")} total={counts[status]} />
                    </div>
                  ),
                }))}
              />
            </div>
          );
        }}
      </Loaded>
      <CreateTasksDialog open={creating} onOpenChange={setCreating} />
    </>
  );
}
