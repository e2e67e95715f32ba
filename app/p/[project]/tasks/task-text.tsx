"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { Badge } from "@/app/components/badge";
import { Button } from "@/app/components/button";
import { CompletionText } from "@/app/components/completion-text";
import { errorText } from "@/app/components/error-text";
import { Loaded } from "@/app/components/loaded";
import { MessagesView } from "@/app/components/messages-view";
import { toast } from "@/app/components/toast";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";

type Look = Outputs["tasks"]["look"];

/** The prompt and the completions of one task, by the letters that the labels speak of, and who has the task open. */
export function TaskText({ taskId, promptId }: { taskId: string; promptId: string }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const look = useQuery(trpc.tasks.look.queryOptions({ project: slug, taskId }));
  return (
    <Loaded query={look}>
      {({ messages, completions, holders }) => (
        <div className="grid gap-4">
          <Holders taskId={taskId} holders={holders} />
          <section aria-label="Prompt" className="max-w-3xl">
            <MessagesView messages={messages} />
          </section>
          <ul className="grid gap-2 lg:grid-cols-2">
            {completions.map((completion) => (
              <CompletionOfTask key={completion.id} completion={completion} />
            ))}
          </ul>
          <p className="text-xs">
            <Link href={pathsOf(slug).prompt(promptId)} className="link">
              All completions and tasks of this prompt
            </Link>
          </p>
        </div>
      )}
    </Loaded>
  );
}

function CompletionOfTask({ completion }: { completion: Look["completions"][number] }) {
  const { slug } = useProject();
  const { name, model, preferredBy } = completion;
  return (
    <li aria-label={`Completion ${name}`} className="min-w-0 rounded-md border border-line bg-surface px-3 py-2.5">
      <p className="mb-1.5 flex flex-wrap items-center gap-2 text-muted text-xs">
        <span className="font-semibold text-ink">{name}</span>
        {model && (
          <Link href={pathsOf(slug).model(model.id)} className="link">
            {model.name}
          </Link>
        )}
        {preferredBy.length > 0 && <Badge tone="good">best for {preferredBy.join(", ")}</Badge>}
      </p>
      <div className="max-h-80 overflow-y-auto">
        <CompletionText completion={completion} empty="The model ended at once, without a word." />
      </div>
    </li>
  );
}

function Holders({ taskId, holders }: { taskId: string; holders: Look["holders"] }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const release = useMutation(
    trpc.tasks.release.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.tasks.look.queryKey({ project: slug, taskId }) }),
      onError: (error) => void toast({ tone: "bad", title: errorText(error) }),
    }),
  );
  return holders.map(({ id, name, until }) => (
    <p key={id} className="flex flex-wrap items-center gap-2 text-muted text-xs">
      Held by {name} until {until.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}
      <Button
        size="sm"
        variant="quiet"
        busy={release.isPending}
        onClick={() => release.mutate({ project: slug, taskId, userId: id })}
      >
        Release
      </Button>
    </p>
  ));
}
