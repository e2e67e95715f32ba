"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { plural } from "@/app/components/format";
import { toast } from "@/app/components/toast";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";

const ACTS = [
  { act: "give_to_everyone", label: "Give to everyone", done: "given to everyone" },
  { act: "offer_again", label: "Offer again to who skipped", done: "offered again" },
  { act: "archive", label: "Archive", done: "archived" },
] as const;

/** What can be done with all tasks that nobody can do, whatever the filter shows of them. */
export function StuckActs() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const free = useMutation(
    trpc.tasks.freeStuck.mutationOptions({
      onSuccess: ({ changed, stillStuck }, { act }) => {
        for (const part of [trpc.tasks, trpc.projects, trpc.labels])
          void queryClient.invalidateQueries({ queryKey: part.pathKey() });
        const done = ACTS.find((one) => one.act === act)?.done;
        toast({
          tone: stillStuck > 0 ? "neutral" : "good",
          title: changed === 0 ? "No task changed" : `${plural(changed, "task")} ${done}`,
          ...(stillStuck > 0 && { detail: `${plural(stillStuck, "task")} stay stuck for another reason.` }),
        });
      },
      onError: (error) => void toast({ tone: "bad", title: errorText(error) }),
    }),
  );
  return (
    <section aria-label="All stuck tasks" className="flex flex-wrap items-center gap-2 text-muted text-xs">
      <span>Nobody can do these tasks. With all that are stuck:</span>
      {ACTS.map(({ act, label }) => (
        <Button
          key={act}
          size="sm"
          busy={free.isPending && free.variables.act === act}
          disabled={free.isPending}
          onClick={() => free.mutate({ project: slug, act })}
        >
          {label}
        </Button>
      ))}
    </section>
  );
}
