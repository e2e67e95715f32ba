"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/components/button";
import { Sheet } from "@/app/components/dialog";
import { errorText } from "@/app/components/error-text";
import { Field, Select } from "@/app/components/form-fields";
import { formatDuration, plural } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { Notice } from "@/app/components/notice";
import { type Inputs, type Outputs, useTRPC } from "@/app/trpc-client";
import { HyperparameterFields } from "./hyperparameter-fields";
import { LabelUse } from "./label-use";

type SheetData = Outputs["runs"]["sheet"];
type Method = Inputs["runs"]["trainOnLatestLabels"]["method"];
export type Overrides = Record<string, number | string | boolean>;

/** What a click on Train will do, before it does it: which labels go in, which stay out and why, and how it will train. */
export function TrainSheet({
  project,
  open,
  onOpenChange,
}: {
  project: string;
  open: boolean;
  onOpenChange(open: boolean): void;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [method, setMethod] = useState<Method>();
  const [baseModelVersionId, setBase] = useState<string>();
  const [overrides, setOverrides] = useState<Overrides>({});
  const query = useQuery({
    ...trpc.runs.sheet.queryOptions({ project, method, baseModelVersionId, overrides }),
    enabled: open,
    staleTime: 0,
    placeholderData: (before) => before,
  });
  const start = useMutation(
    trpc.runs.trainOnLatestLabels.mutationOptions({
      onSuccess: ({ runId }) => {
        void queryClient.invalidateQueries();
        onOpenChange(false);
        router.push(`/p/${project}/runs/${runId}`);
      },
    }),
  );
  const sheet = query.data;
  const chooseMethod = (next: Method) => {
    setMethod(next);
    setOverrides({});
  };
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      width="lg"
      title="Train on latest labels"
      description="Freezes the labels into a dataset version, then trains a new model version on it."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Close</Button>
          <Button
            variant="primary"
            busy={start.isPending}
            disabled={!sheet || sheet.blocked !== null || query.isPlaceholderData}
            onClick={() =>
              sheet && start.mutate({ project, method: sheet.method, baseModelVersionId: sheet.base.id, overrides })
            }
          >
            Start training
          </Button>
        </>
      }
    >
      <Loaded query={query}>
        {(data) => (
          <div className="grid gap-5">
            {start.error && <Notice tone="bad" title={errorText(start.error)} />}
            {data.blocked && <Notice tone="warn" title={data.blocked} />}
            <Choice sheet={data} onMethod={chooseMethod} onBase={setBase} />
            <LabelUse preview={data.preview} />
            <HyperparameterFields fields={data.configuration} overrides={overrides} onChange={setOverrides} />
            <p className="text-muted">
              {plural(data.estimate.steps, "optimizer step")}
              {data.estimate.seconds === null
                ? "; how long they take is known after the first run on this machine."
                : `, about ${formatDuration(data.estimate.seconds)} on this machine.`}
            </p>
            {data.warnings.length > 0 && (
              <Notice tone="warn" title="Worth a look before you start">
                <ul className="list-disc pl-4">
                  {data.warnings.map((warning) => (
                    <li key={warning}>{warning}</li>
                  ))}
                </ul>
              </Notice>
            )}
          </div>
        )}
      </Loaded>
    </Sheet>
  );
}

function Choice({
  sheet,
  onMethod,
  onBase,
}: {
  sheet: SheetData;
  onMethod(method: Method): void;
  onBase(id: string): void;
}) {
  const chosen = sheet.methods.find(({ method }) => method === sheet.method);
  return (
    <section aria-label="Method and base" className="grid gap-3 sm:grid-cols-2">
      <Field
        label="Method"
        hint={sheet.recommendation.method === sheet.method ? sheet.recommendation.why : chosen?.reason}
      >
        <Select value={sheet.method} onChange={(event) => onMethod(event.target.value as Method)}>
          {sheet.methods.map(({ method, available, reason }) => (
            <option key={method} value={method} disabled={!available} title={reason ?? undefined}>
              {method.toUpperCase()}
              {method === sheet.recommendation.method ? " (recommended)" : ""}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Start from" hint="The new model version goes on from this one.">
        <Select value={sheet.base.id} onChange={(event) => onBase(event.target.value)}>
          {sheet.bases.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
    </section>
  );
}
