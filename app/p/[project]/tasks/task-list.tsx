"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { ListChecks, Plus, Tags } from "lucide-react";
import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { z } from "zod";
import { Button, ButtonLink } from "../../../components/button";
import { EmptyState } from "../../../components/empty-state";
import { plural } from "../../../components/format";
import { LoadMore } from "../../../components/load-more";
import { Loaded } from "../../../components/loaded";
import { PageHeader } from "../../../components/page-header";
import { SkeletonTable } from "../../../components/skeleton";
import { Tabs } from "../../../components/tabs";
import { useTRPC } from "../../../trpc-client";
import { useProject } from "../project-context";
import { CreateTasksDialog } from "./create-tasks-dialog";
import { TaskTable } from "./task-table";

const statusSchema = z.enum(["open", "done", "archived"]);
type Status = z.infer<typeof statusSchema>;
const NAMES: Record<Status, string> = { open: "Open", done: "Done", archived: "Archived" };

export function TaskList() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const router = useRouter();
  const params = useSearchParams();
  const status = statusSchema.catch("open").parse(params.get("status"));
  const [creating, setCreating] = useState(false);
  const tasks = useInfiniteQuery(
    trpc.tasks.list.infiniteQueryOptions(
      { project: slug, status },
      { getNextPageParam: (page) => page.nextCursor, placeholderData: keepPreviousData },
    ),
  );
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
            <ButtonLink href={`/p/${slug}/labels`} variant="quiet" icon={<Tags />}>
              All labels
            </ButtonLink>
            {create}
          </>
        }
      />
      <Loaded query={tasks} skeleton={<SkeletonTable rows={8} />}>
        {({ pages }) => {
          const counts = pages[0]?.counts ?? { open: 0, done: 0, archived: 0 };
          const rows = pages.flatMap((page) => page.rows);
          if (counts.open + counts.done + counts.archived === 0)
            return (
              <EmptyState icon={<ListChecks />} title="No tasks yet" action={create}>
                Comparisons are made of two different completions of a prompt. Generating completions can make them
                along the way.
              </EmptyState>
            );
          return (
            <Tabs
              label="Tasks by status"
              value={status}
              onValueChange={(next) => router.replace(`/p/${slug}/tasks?status=${next}`)}
              tabs={statusSchema.options.map((value) => ({
                value,
                label: NAMES[value],
                count: counts[value],
                content: (
                  <div className="grid gap-3">
                    {rows.length === 0 ? <EmptyState title={`No ${value} tasks`} /> : <TaskTable rows={rows} />}
                    <LoadMore query={tasks} shown={plural(rows.length, "task")} total={counts[status]} />
                  </div>
                ),
              }))}
            />
          );
        }}
      </Loaded>
      <CreateTasksDialog open={creating} onOpenChange={setCreating} />
    </>
  );
}
