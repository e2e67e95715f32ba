"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/app/components/button";
import { Dialog } from "@/app/components/dialog";
import { errorText } from "@/app/components/error-text";
import { Field, Input } from "@/app/components/form-fields";
import { formatBytes } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { toast } from "@/app/components/toast";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";

type Look = Outputs["models"]["lookAtBase"];

/** Makes another base known, in two steps: what is there is looked at and shown, and then added. */
export function AddBaseDialog({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [reference, setReference] = useState("");
  const [name, setName] = useState("");
  const look = useMutation(trpc.models.lookAtBase.mutationOptions());
  const add = useMutation(
    trpc.models.addBase.mutationOptions({
      onSuccess: (added) => {
        void queryClient.invalidateQueries({ queryKey: trpc.models.list.queryKey({ project }) });
        toast({ title: `${added.name} added`, tone: "good" });
        setReference("");
        setName("");
        look.reset();
        onOpenChange(false);
      },
    }),
  );
  // What was found belongs to what was asked for: another location is looked at anew.
  const found = look.variables?.reference === reference.trim() ? look.data : undefined;
  const error = add.error ?? look.error;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (found) add.mutate({ project, reference: found.reference, name: name.trim() || undefined });
    else look.mutate({ project, reference: reference.trim() });
  }
  function changeReference(value: string) {
    setReference(value);
    add.reset();
    if (look.error) look.reset();
  }
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Add a base model"
      description="An imported model that runs can start from."
    >
      <form className="grid gap-4" onSubmit={submit}>
        <Field
          label="Location"
          hint="A Hugging Face hub id (owner/name), or a folder with config.json and safetensors or a .gguf file in one of the folders from which this instance takes models. The model must belong to the Llama or GPT-2 family."
          error={error ? errorText(error) : undefined}
        >
          <Input
            required
            maxLength={1000}
            value={reference}
            onChange={(event) => changeReference(event.target.value)}
            placeholder="HuggingFaceTB/SmolLM2-360M-Instruct"
          />
        </Field>
        <Field label="Name" hint="Optional. Without a name, the last part of the location is used.">
          <Input maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        {found && <Found look={found} />}
        <div className="flex justify-end gap-2">
          <Button onClick={() => onOpenChange(false)}>Close</Button>
          <Button variant="primary" type="submit" busy={look.isPending || add.isPending} disabled={!reference.trim()}>
            {found ? "Add" : "Look at it"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const KIND_WORDS: Record<Look["kind"], string> = {
  catalogue: "in Tuneloop's own catalogue",
  hub: "on the Hugging Face hub",
  place: "on this machine",
};

function Found({ look: { kind, reference, architecture, sizeBytes } }: { look: Look }) {
  return (
    <Notice tone="good" title="This can be added">
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        <dt className="text-muted">Found</dt>
        <dd className="min-w-0 [overflow-wrap:anywhere]">
          {reference}, {KIND_WORDS[kind]}
        </dd>
        <dt className="text-muted">Architecture</dt>
        <dd>{architecture ?? "read when it is added"}</dd>
        <dt className="text-muted">Weights</dt>
        <dd>{sizeBytes === null ? "read when they are first needed" : formatBytes(sizeBytes)}</dd>
      </dl>
    </Notice>
  );
}
