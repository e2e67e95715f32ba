"use client";

import { useQuery } from "@tanstack/react-query";
import { plural } from "@/app/components/format";
import { useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";

/** Offers the project's open tasks as a file and says, before anybody downloads it, what it can't hold. */
export function TaskDownload() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const counts = useQuery(trpc.tasks.exportCounts.queryOptions({ project: slug })).data;
  if (!counts || counts.tasks === 0) return null;
  const leftOut = counts.leftOut.map(({ count, reason }) => `${plural(count, "task")} ${reason}`);
  return (
    <p className="mt-3 text-muted text-xs">
      Download{" "}
      <a href={`${pathsOf(slug).files.tasks}/tasks.jsonl`} download className="link">
        tasks.jsonl
      </a>{" "}
      ({plural(counts.tasks, "open task")}, with prompts, completions and rubric; an import makes them open tasks
      again).
      {leftOut.length > 0 && ` The file leaves out ${leftOut.join(" and ")}.`}
      {counts.assigned > 0 && ` It does not name the people whom ${plural(counts.assigned, "task")} are assigned to.`}
    </p>
  );
}
