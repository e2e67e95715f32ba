"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { Field, Select } from "@/app/components/form-fields";
import { formatBytes } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { Panel } from "@/app/components/panel";
import { toast } from "@/app/components/toast";
import { type Inputs, type Outputs, useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";
import { StorageTable } from "./storage-table";

type Storage = Outputs["storage"]["get"];
type Retention = Inputs["storage"]["setRetention"]["retention"];

const RETENTION_WORDS: Record<Retention, string> = {
  all: "The newest two",
  last: "The newest one",
  none: "None",
};

/** What the project takes on disk, and how much of its checkpoints is kept once a run has ended. */
export function StoragePanel() {
  const trpc = useTRPC();
  const { slug } = useProject();
  const query = useQuery(trpc.storage.get.queryOptions({ project: slug }));
  return (
    <Panel title="Storage">
      <Loaded query={query}>
        {(storage) => (
          <div className="grid gap-4">
            <Totals storage={storage} />
            <RetentionFields storage={storage} />
            <StorageTable storage={storage} />
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

function Totals({ storage: { bytes, freeBytes } }: { storage: Storage }) {
  const parts = [
    ["models", bytes.models],
    ["checkpoints", bytes.checkpoints],
    ["dataset versions", bytes.datasets],
    ["figures and logs", bytes.records],
    ["uploaded files", bytes.uploads],
  ] as const;
  return (
    <p>
      This project takes <strong className="font-medium">{formatBytes(bytes.total)}</strong>
      <span className="text-muted">
        {` (${parts.map(([what, size]) => `${what} ${formatBytes(size)}`).join(", ")}); ${formatBytes(freeBytes)} are free on the disk.`}
      </span>
    </p>
  );
}

function RetentionFields({ storage }: { storage: Storage }) {
  const trpc = useTRPC();
  const { slug } = useProject();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.storage.pathKey() });
  const onError = (error: unknown) => void toast({ tone: "bad", title: errorText(error) });
  const setRetention = useMutation(trpc.storage.setRetention.mutationOptions({ onSuccess: refresh, onError }));
  const cleanUp = useMutation(
    trpc.storage.cleanUp.mutationOptions({
      onSuccess: async ({ bytes }) => {
        await refresh();
        toast({ tone: "good", title: `${formatBytes(bytes)} of disk space freed` });
      },
      onError,
    }),
  );
  const value = setRetention.isPending ? setRetention.variables.retention : storage.retention;
  return (
    <div className="flex flex-wrap items-end gap-3">
      <Field
        label="Checkpoints kept after a run has ended"
        hint={
          value === "none"
            ? "A failed or cancelled run can then only be tried again from its beginning."
            : "A failed or cancelled run goes on from its newest checkpoint when it is tried again."
        }
        className="max-w-md flex-1 basis-64"
      >
        <Select
          value={value}
          onChange={(event) => setRetention.mutate({ project: slug, retention: event.target.value as Retention })}
        >
          {Object.entries(RETENTION_WORDS).map(([retention, words]) => (
            <option key={retention} value={retention}>
              {words}
            </option>
          ))}
        </Select>
      </Field>
      <Button
        variant={storage.spareBytes === 0 ? "default" : "danger"}
        className="mb-5"
        disabled={storage.spareBytes === 0 || setRetention.isPending}
        busy={cleanUp.isPending}
        onClick={() => cleanUp.mutate({ project: slug })}
      >
        {storage.spareBytes === 0
          ? "Nothing to remove"
          : `Remove everything that is not kept (${formatBytes(storage.spareBytes)})`}
      </Button>
    </div>
  );
}
