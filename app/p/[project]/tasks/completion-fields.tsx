"use client";

import { useQuery } from "@tanstack/react-query";
import { Field, Select } from "@/app/components/form-fields";
import { useTRPC } from "@/app/trpc-client";
import type { CompletionChoice } from "@/domain/tasks/task-wish";
import { useProject } from "../project-context";

const HINTS = {
  all: "The newest generation’s come first; older ones fill up what is missing.",
  latest: "Where nothing was generated, those that people wrote or that came with a file.",
  models: "Every task has completions of both models.",
};

/** Which of a prompt's completions the tasks show. */
export function CompletionFields({
  value,
  onChange,
}: {
  value: CompletionChoice;
  onChange(value: CompletionChoice): void;
}) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const models = useQuery(trpc.models.list.queryOptions({ project: slug })).data ?? [];
  const writers = models.filter(({ kind }) => kind !== "reward");
  const from = typeof value === "object" ? "models" : value;
  const [one, other] = typeof value === "object" ? value.models : ["", ""];
  const places = [
    { label: "Model A", chosen: one, choose: (id: string) => onChange({ models: [id, other] }) },
    { label: "Model B", chosen: other, choose: (id: string) => onChange({ models: [one, id] }) },
  ];
  return (
    <>
      <Field label="Completions from" hint={HINTS[from]}>
        <Select
          value={from}
          onChange={({ target }) =>
            onChange(
              target.value === "models"
                ? { models: [writers[0]?.id ?? "", writers[1]?.id ?? ""] }
                : target.value === "latest"
                  ? "latest"
                  : "all",
            )
          }
        >
          <option value="all">all generations</option>
          <option value="latest">the latest generation of each prompt</option>
          <option value="models">model A against model B</option>
        </Select>
      </Field>
      {from === "models" && (
        <div className="grid gap-4 sm:grid-cols-2">
          {places.map(({ label, chosen, choose }) => (
            <Field key={label} label={label}>
              <Select value={chosen} onChange={({ target }) => choose(target.value)}>
                {chosen === "" && <option value="">Choose a model</option>}
                {writers.map(({ id, name, completionCount }) => (
                  <option key={id} value={id}>
                    {name} {completionCount === 0 && "(no completions)"}
                  </option>
                ))}
                {chosen !== "" && writers.every(({ id }) => id !== chosen) && (
                  <option value={chosen}>a model that is archived</option>
                )}
              </Select>
            </Field>
          ))}
        </div>
      )}
    </>
  );
}
