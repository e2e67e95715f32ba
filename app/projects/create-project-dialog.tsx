"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import type { FormEvent } from "react";
import { pathsOf } from "@/domain/paths";
import { Button } from "../components/button";
import { Dialog } from "../components/dialog";
import { errorText } from "../components/error-text";
import { Checkbox, Field, Input, Textarea } from "../components/form-fields";
import { Notice } from "../components/notice";
import { useTRPC } from "../trpc-client";

export function CreateProjectDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const create = useMutation(
    trpc.projects.create.mutationOptions({ onSuccess: ({ slug }) => router.push(pathsOf(slug).overview) }),
  );

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    create.mutate({
      name: String(form.get("name")),
      description: String(form.get("description")),
      demo: form.has("demo"),
    });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New project"
      footer={
        <>
          <Button variant="quiet" onClick={() => onOpenChange(false)}>
            Cancel
          </Button>
          <Button type="submit" form="create-project" variant="primary" busy={create.isPending || create.isSuccess}>
            Create project
          </Button>
        </>
      }
    >
      <form id="create-project" onSubmit={submit} className="grid gap-4">
        {create.error && <Notice tone="bad">{errorText(create.error)}</Notice>}
        <Field label="Name">
          <Input name="name" required maxLength={100} autoFocus />
        </Field>
        <Field label="Description" hint="What the model should become good at. Shown to everyone in the project.">
          <Textarea name="description" rows={3} maxLength={2_000} />
        </Field>
        <Checkbox
          name="demo"
          label="Load the demo project"
          hint="Fills it with prompts over several task types, and with guidelines."
        />
      </form>
    </Dialog>
  );
}
