"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Badge } from "@/app/components/badge";
import { CompletionText } from "@/app/components/completion-text";
import { Loaded } from "@/app/components/loaded";
import { MessagesView } from "@/app/components/messages-view";
import { ScrollBox } from "@/app/components/scroll-box";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";

type Look = Outputs["tasks"]["look"];

/** The prompt and the completions of one task, by the letters that the labels speak of. */
export function TaskText({ taskId, promptId }: { taskId: string; promptId: string }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const look = useQuery(trpc.tasks.look.queryOptions({ project: slug, taskId }));
  return (
    <Loaded query={look}>
      {({ messages, completions }) => (
        <div className="grid gap-4">
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
      <ScrollBox label="Completion" className="max-h-80">
        <CompletionText completion={completion} empty="The model ended at once, without a word." />
      </ScrollBox>
    </li>
  );
}
