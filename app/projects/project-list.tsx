"use client";

import { useQuery } from "@tanstack/react-query";
import { Layers, Plus } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { pathsOf } from "@/domain/paths";
import { Badge } from "../components/badge";
import { Button } from "../components/button";
import { EmptyState } from "../components/empty-state";
import { plural } from "../components/format";
import { Loaded } from "../components/loaded";
import { PageHeader } from "../components/page-header";
import { RelativeTime } from "../components/relative-time";
import { SkeletonTable } from "../components/skeleton";
import { useTRPC } from "../trpc-client";
import { CreateProjectDialog } from "./create-project-dialog";

export function ProjectList({ mayCreate }: { mayCreate: boolean }) {
  const trpc = useTRPC();
  const projects = useQuery(trpc.projects.list.queryOptions());
  const [creating, setCreating] = useState(false);
  const create = mayCreate && (
    <Button variant="primary" icon={<Plus />} onClick={() => setCreating(true)}>
      New project
    </Button>
  );
  return (
    <>
      <PageHeader title="Projects" actions={create} />
      <Loaded query={projects} skeleton={<SkeletonTable rows={3} />}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState icon={<Layers />} title="No project yet" action={create}>
              {mayCreate
                ? "A project holds prompts, guidelines, the people who label, and the models trained on their labels."
                : "You are not a member of any project. Ask the admin for an invitation."}
            </EmptyState>
          ) : (
            <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
              {rows.map((project) => (
                <li key={project.slug}>
                  <Link href={pathsOf(project.slug).overview} className="grid gap-0.5 px-4 py-3 hover:bg-hover/60">
                    <span className="flex items-center gap-2 font-medium text-base">
                      {project.name}
                      <Badge>{project.role}</Badge>
                    </span>
                    {project.description && <span className="line-clamp-2 text-muted">{project.description}</span>}
                    <span className="text-faint text-xs">
                      {plural(project.promptCount, "prompt")} · {plural(project.labelCount, "label")} · created{" "}
                      <RelativeTime date={project.createdAt} />
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <CreateProjectDialog open={creating} onOpenChange={setCreating} />
    </>
  );
}
