"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { cx } from "@/app/components/class-names";
import { errorText } from "@/app/components/error-text";
import { plural } from "@/app/components/format";
import { useTRPC } from "@/app/trpc-client";
import { LABEL_KINDS } from "@/domain/labels/kinds";
import { useProject } from "../project-context";
import { type WishDraft, wishProblem } from "./wish-draft";

/** Says before the click how many tasks a wish makes, and which prompts give none. */
export function PlanCounts({ draft }: { draft: WishDraft }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const { kind, taskType, completions } = draft;
  const plan = useQuery(
    trpc.tasks.plan.queryOptions(
      { project: slug, kind, taskType, completions },
      {
        enabled: wishProblem({ ...draft, annotators: null, requiredLabels: 1 }) === null,
        placeholderData: keepPreviousData,
      },
    ),
  );
  const { data, error, isPlaceholderData } = plan;
  if (error) return <p className="text-bad text-xs">{errorText(error)}</p>;
  if (!data) return <p className="text-faint text-xs">The prompts are being counted.</p>;
  const { tasks, existing, tooFew } = data;
  const { least } = LABEL_KINDS[kind].completions;
  const sentences = [
    `This makes ${plural(tasks, "task")}.`,
    existing > 0 && `${plural(existing, "prompt")} ${existing === 1 ? "has" : "have"} such a task already.`,
    tooFew > 0 &&
      `${plural(tooFew, "prompt")} ${tooFew === 1 ? "has" : "have"} fewer than ${plural(least, "different completion")} of those.`,
  ];
  return (
    <p
      aria-live="polite"
      className={cx("text-xs", tasks === 0 ? "text-warn" : "text-muted", isPlaceholderData && "opacity-50")}
    >
      {sentences.filter(Boolean).join(" ")}
    </p>
  );
}
