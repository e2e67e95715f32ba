"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/app/components/button";
import { Dialog } from "@/app/components/dialog";
import { errorText } from "@/app/components/error-text";
import { Field, Input } from "@/app/components/form-fields";
import { toast } from "@/app/components/toast";
import { useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";

/** Makes another base known: its files are fetched when it is first used. */
export function AddBaseDialog({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [reference, setReference] = useState("");
  const [name, setName] = useState("");
  const add = useMutation(
    trpc.models.addBase.mutationOptions({
      onSuccess: (added) => {
        void queryClient.invalidateQueries({ queryKey: trpc.models.list.queryKey({ project }) });
        toast({ title: `${added.name} added`, tone: "good" });
        setReference("");
        setName("");
        onOpenChange(false);
      },
    }),
  );
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Add a base model"
      description="An imported model that runs can start from."
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate({ project, reference: reference.trim(), name: name.trim() || undefined });
        }}
      >
        <Field
          label="Location"
          hint="A Hugging Face hub id (owner/name), a folder with config.json and safetensors, or a .gguf file on the machine that runs Tuneloop. The model must belong to the Llama or GPT-2 family."
          error={add.error ? errorText(add.error) : undefined}
        >
          <Input
            required
            maxLength={1000}
            value={reference}
            onChange={(event) => setReference(event.target.value)}
            placeholder="HuggingFaceTB/SmolLM2-360M-Instruct"
          />
        </Field>
        <Field label="Name" hint="Optional. Without a name, the last part of the location is used.">
          <Input maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={() => onOpenChange(false)}>Close</Button>
          <Button variant="primary" type="submit" busy={add.isPending} disabled={!reference.trim()}>
            Add
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
