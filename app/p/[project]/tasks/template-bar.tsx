"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { Field, Input, Select } from "@/app/components/form-fields";
import { toast, undoToast } from "@/app/components/toast";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";
import { toWish, type WishDraft, wishProblem } from "./wish-draft";

/** Fills the form from a template, and keeps what is in the form as one. */
export function TemplateBar({ draft, onChange }: { draft: WishDraft; onChange(draft: WishDraft): void }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const templates = useQuery(trpc.tasks.templates.queryOptions({ project: slug })).data ?? [];
  const [chosenId, setChosenId] = useState("");
  const [name, setName] = useState("");
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.tasks.templates.queryKey({ project: slug }) });
  const onError = (error: unknown) => void toast({ tone: "bad", title: errorText(error) });
  const save = useMutation(
    trpc.tasks.saveTemplate.mutationOptions({
      onSuccess: async ({ templateId }) => {
        await refresh();
        setChosenId(templateId);
        toast({ tone: "good", title: "Template saved" });
      },
      onError,
    }),
  );
  const remove = useMutation(trpc.tasks.removeTemplate.mutationOptions({ onSuccess: refresh, onError }));
  const chosen = templates.find(({ id }) => id === chosenId);

  function choose(id: string) {
    setChosenId(id);
    const template = templates.find((one) => one.id === id);
    if (!template) return;
    const { id: _, name: itsName, annotators, ...wish } = template;
    setName(itsName);
    onChange({ ...wish, annotators: annotators.length === 0 ? null : annotators });
  }
  function removeChosen() {
    if (!chosen) return;
    const { id, annotators, ...rest } = chosen;
    setChosenId("");
    remove.mutate({ project: slug, templateId: id });
    undoToast(`Template “${chosen.name}” removed`, () =>
      save.mutate({ project: slug, ...rest, annotatorIds: annotators.map((person) => person.id) }),
    );
  }

  return (
    <div className="grid gap-3 rounded-md bg-sunken px-3 py-2.5">
      {templates.length > 0 && (
        <div className="flex items-end gap-2">
          <Field label="Template" className="flex-1">
            <Select value={chosenId} onChange={(event) => choose(event.target.value)}>
              <option value="">None</option>
              {templates.map((template) => (
                <option key={template.id} value={template.id}>
                  {template.name}
                </option>
              ))}
            </Select>
          </Field>
          <IconButton label="Remove this template" icon={<Trash2 />} disabled={!chosen} onClick={removeChosen} />
        </div>
      )}
      <div className="flex items-end gap-2">
        <Field label="Name of the template" className="flex-1">
          <Input value={name} maxLength={80} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Button
          disabled={name.trim() === "" || wishProblem(draft) !== null}
          busy={save.isPending}
          onClick={() => save.mutate({ project: slug, name: name.trim(), ...toWish(draft) })}
        >
          Save as template
        </Button>
      </div>
    </div>
  );
}
