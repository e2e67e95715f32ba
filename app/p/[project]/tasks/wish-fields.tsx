"use client";

import { useQuery } from "@tanstack/react-query";
import { Field, Input, Select } from "@/app/components/form-fields";
import { formatCount } from "@/app/components/format";
import { useTRPC } from "@/app/trpc-client";
import { LABEL_KIND_NAMES, LABEL_KINDS, labelKindSchema } from "@/domain/labels/kinds";
import { useProject } from "../project-context";
import { AnnotatorPicker } from "./annotator-picker";
import { CompletionFields } from "./completion-fields";
import { type WishDraft, wishProblem } from "./wish-draft";

/** What tasks are to be like: their kind, of which prompts, for how many people, and for whom. */
export function WishFields({ draft, onChange }: { draft: WishDraft; onChange(draft: WishDraft): void }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const prompts = useQuery(trpc.prompts.list.queryOptions({ project: slug, limit: 1 }));
  const types = prompts.data?.first?.taskTypes ?? [];
  const edit = (part: Partial<WishDraft>) => onChange({ ...draft, ...part });
  return (
    <>
      <Field label="Kind" hint={LABEL_KINDS[draft.kind].asks}>
        <Select value={draft.kind} onChange={(event) => edit({ kind: labelKindSchema.parse(event.target.value) })}>
          {labelKindSchema.options.map((option) => (
            <option key={option} value={option}>
              {LABEL_KIND_NAMES[option]}
            </option>
          ))}
        </Select>
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Prompts">
          <Select
            value={draft.taskType ?? ""}
            onChange={(event) => edit({ taskType: event.target.value === "" ? null : event.target.value })}
          >
            <option value="">All</option>
            {types.map(({ name, count }) => (
              <option key={name} value={name}>
                {name} ({formatCount(count)})
              </option>
            ))}
            {draft.taskType !== null && types.every(({ name }) => name !== draft.taskType) && (
              <option value={draft.taskType}>{draft.taskType} (0)</option>
            )}
          </Select>
        </Field>
        <Field label="People per task" hint="Two or more people show how far they agree.">
          <Input
            type="number"
            min={1}
            max={50}
            required
            value={Number.isFinite(draft.requiredLabels) ? draft.requiredLabels : ""}
            onChange={(event) => edit({ requiredLabels: event.target.valueAsNumber })}
          />
        </Field>
      </div>
      {LABEL_KINDS[draft.kind].completions.most > 0 && (
        <CompletionFields value={draft.completions} onChange={(completions) => edit({ completions })} />
      )}
      <AnnotatorPicker value={draft.annotators} onChange={(annotators) => edit({ annotators })} />
      <p aria-live="polite" className="text-warn text-xs empty:hidden">
        {wishProblem(draft)}
      </p>
    </>
  );
}
