"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { z } from "zod";
import { Button, IconButton } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { Field, Input, Textarea } from "@/app/components/form-fields";
import { Loaded } from "@/app/components/loaded";
import { Notice } from "@/app/components/notice";
import { Panel } from "@/app/components/panel";
import { toast, undoToast } from "@/app/components/toast";
import { useKept } from "@/app/components/use-kept";
import { useTRPC } from "@/app/trpc-client";
import { type CriterionInput, rubricSchema, SCORES, STARTING_RUBRIC } from "@/domain/labels/rubric";
import { useProject } from "../project-context";

/** The criteria on which completions are rated 1–5. Each save is a version; tasks keep the one that they were made with. */
export function RubricEditor() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const query = useQuery(trpc.projects.rubric.queryOptions({ project: slug }));
  return (
    <Loaded query={query}>
      {(rubric) => (
        <Editor key={rubric?.version ?? 0} version={rubric?.version ?? null} saved={rubric?.criteria ?? []} />
      )}
    </Loaded>
  );
}

function Editor({ version, saved }: { version: number | null; saved: CriterionInput[] }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const {
    value: criteria,
    change: setCriteria,
    isChanged: changed,
    forget,
    notice,
  } = useKept(`${slug}:rubric`, { value: saved, version: version ?? 0 }, readCriteria);
  const parsed = rubricSchema.safeParse(criteria);
  const save = useMutation(
    trpc.projects.updateRubric.mutationOptions({
      onSuccess: (next) => {
        forget();
        toast({ tone: "good", title: `Rubric saved as version ${next.version}` });
        void queryClient.invalidateQueries({ queryKey: trpc.projects.rubric.queryKey({ project: slug }) });
      },
      onError: (error) => void toast({ tone: "bad", title: errorText(error) }),
    }),
  );
  const edit = (index: number, part: Partial<CriterionInput>) =>
    setCriteria(criteria.map((criterion, at) => (at === index ? { ...criterion, ...part } : criterion)));
  const remove = (index: number) => {
    const before = criteria;
    setCriteria(criteria.filter((_, at) => at !== index));
    undoToast(`${criteria[index]?.name || "Criterion"} removed`, () => setCriteria(before));
  };
  const add = () => setCriteria([...criteria, { name: "", description: "", weight: 1, steps: SCORES.map(() => "") }]);
  return (
    <Panel
      title={version === null ? "Rubric" : `Rubric, version ${version}`}
      actions={
        <Button
          size="sm"
          variant="primary"
          disabled={!changed || !parsed.success}
          busy={save.isPending}
          onClick={() => parsed.success && save.mutate({ project: slug, criteria: parsed.data })}
        >
          Save rubric
        </Button>
      }
    >
      {notice && <div className="mb-3">{notice}</div>}
      {criteria.length === 0 ? (
        <div className="grid justify-items-start gap-3">
          <p className="text-muted">
            Rating tasks need criteria: what is scored from 1 to 5, and what each step means.
          </p>
          <Button onClick={() => setCriteria(STARTING_RUBRIC)}>Start with helpfulness, accuracy and clarity</Button>
        </div>
      ) : (
        <div className="grid gap-4">
          {changed && !parsed.success && <Notice tone="warn">{parsed.error.issues[0]?.message}</Notice>}
          {criteria.map((criterion, index) => (
            <CriterionFields
              // biome-ignore lint/suspicious/noArrayIndexKey: a criterion being written has no other identity
              key={index}
              number={index + 1}
              criterion={criterion}
              onEdit={(part) => edit(index, part)}
              onRemove={() => remove(index)}
            />
          ))}
          <div>
            <Button icon={<Plus />} disabled={criteria.length >= 12} onClick={add}>
              Add a criterion
            </Button>
          </div>
        </div>
      )}
    </Panel>
  );
}

/** A rubric that is being written need not be a whole one yet. */
function readCriteria(kept: unknown): CriterionInput[] | null {
  const parsed = keptCriteriaSchema.safeParse(kept);
  return parsed.success ? parsed.data : null;
}
const keptCriteriaSchema = z.array(
  z.object({
    name: z.string(),
    description: z.string(),
    weight: z
      .number()
      .nullable()
      .transform((weight) => weight ?? Number.NaN),
    steps: z.array(z.string()),
  }),
);

function CriterionFields({
  number,
  criterion,
  onEdit,
  onRemove,
}: {
  number: number;
  criterion: CriterionInput;
  onEdit(part: Partial<CriterionInput>): void;
  onRemove(): void;
}) {
  return (
    <fieldset className="grid gap-3 rounded-md border border-line p-3">
      <legend className="sr-only">Criterion {number}</legend>
      <div className="flex items-end gap-3">
        <Field label="Name" className="flex-1">
          <Input maxLength={60} value={criterion.name} onChange={(event) => onEdit({ name: event.target.value })} />
        </Field>
        <Field label="Weight" className="w-24">
          <Input
            type="number"
            min={0.1}
            max={100}
            step={0.1}
            value={Number.isFinite(criterion.weight) ? criterion.weight : ""}
            onChange={(event) => onEdit({ weight: event.target.valueAsNumber })}
          />
        </Field>
        <IconButton label={`Remove ${criterion.name || "criterion"}`} icon={<Trash2 />} onClick={onRemove} />
      </div>
      <Field label="What it looks at">
        <Textarea
          rows={1}
          maxLength={1_000}
          value={criterion.description}
          onChange={(event) => onEdit({ description: event.target.value })}
        />
      </Field>
      <div className="grid gap-2 sm:grid-cols-5">
        {SCORES.map((score, index) => (
          <Field key={score} label={`${score} means`}>
            <Textarea
              rows={2}
              maxLength={500}
              value={criterion.steps[index] ?? ""}
              onChange={(event) =>
                onEdit({ steps: criterion.steps.map((step, at) => (at === index ? event.target.value : step)) })
              }
            />
          </Field>
        ))}
      </div>
    </fieldset>
  );
}
