"use client";

import { useQuery } from "@tanstack/react-query";
import { Sheet } from "@/app/components/dialog";
import { Loaded } from "@/app/components/loaded";
import { Markdown } from "@/app/components/markdown";
import { useProject } from "@/app/p/[project]/project-context";
import { useTRPC } from "@/app/trpc-client";

/** The project's guidelines beside the task; Escape goes back to it. */
export function GuidelinesSheet({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const { slug } = useProject();
  const trpc = useTRPC();
  const query = useQuery({ ...trpc.projects.get.queryOptions({ project: slug }), enabled: open });
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      width="lg"
      title="Guidelines"
      description={query.data?.guidelines ? `Version ${query.data.guidelines.version}` : undefined}
    >
      <Loaded query={query}>
        {({ guidelines }) =>
          guidelines ? (
            <Markdown>{guidelines.markdown}</Markdown>
          ) : (
            <p className="text-muted">This project has no guidelines yet. Ask an admin for some.</p>
          )
        }
      </Loaded>
    </Sheet>
  );
}
