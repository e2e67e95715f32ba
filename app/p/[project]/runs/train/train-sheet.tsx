"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/app/components/button";
import { Sheet } from "@/app/components/dialog";
import { errorText } from "@/app/components/error-text";
import { Field, Select } from "@/app/components/form-fields";
import { formatDuration, plural } from "@/app/components/format";
import { Loaded } from "@/app/components/loaded";
import { Notice } from "@/app/components/notice";
import { useProject } from "@/app/p/[project]/project-context";
import { type Inputs, type Outputs, useTRPC } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { METHOD_WORDS } from "@/domain/runs/method-words";
import { FreezingNotice } from "./freezing-notice";
import type { Overrides } from "./hyperparameter";
import { HyperparameterFields } from "./hyperparameter-fields";
import { LabelUse } from "./label-use";
import { PpoOrDpo } from "./ppo-or-dpo";
import { PpoReward, type RewardModelChoice } from "./ppo-reward";
import { refusedValues } from "./refused-values";
import { RewardFirst } from "./reward-first";

const LOOK_AGAIN_MILLISECONDS = 5_000;

type SheetData = Outputs["runs"]["sheet"];
type Method = Inputs["runs"]["trainOnLatestLabels"]["method"];

/** What a click on Train will do, before it does it: which labels go in, which stay out and why, and how it will train. */
export function TrainSheet({
  open,
  onOpenChange,
  initialMethod,
  initialRewardId,
}: {
  open: boolean;
  /** What is chosen at first; the recommended method where it is left out. */
  initialMethod?: Method | undefined;
  initialRewardId?: string | undefined;
  onOpenChange(open: boolean): void;
}) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [method, setMethod] = useState<Method | undefined>(initialMethod);
  const [baseModelVersionId, setBase] = useState<string>();
  const [rewardModel, setReward] = useState<RewardModelChoice>(asChoice(initialRewardId));
  const [overrides, setOverrides] = useState<Overrides>({});
  const query = useQuery({
    ...trpc.runs.sheet.queryOptions({ project, method, baseModelVersionId, ...rewardModel, overrides }),
    enabled: open,
    staleTime: 0,
    placeholderData: (before) => before,
    // The server answers with the last counts while it counts a large project anew, so the sheet asks again.
    refetchInterval: ({ state }) => (state.data?.preview.isCurrent === false ? LOOK_AGAIN_MILLISECONDS : false),
  });
  const start = useMutation(
    trpc.runs.trainOnLatestLabels.mutationOptions({
      onSuccess: ({ runId }) => {
        void queryClient.invalidateQueries();
        onOpenChange(false);
        router.push(pathsOf(project).run(runId));
      },
    }),
  );
  // A value that is refused leaves the form as it was, with the refusal at its field.
  const last = useRef<SheetData>(undefined);
  if (query.data) last.current = query.data;
  const problems = query.error ? refusedValues(query.error, { overrides, shown: fieldsOf(last.current) }) : [];
  const sheet = query.data ?? (problems.length > 0 ? last.current : undefined);
  const ready = sheet !== undefined && sheet.blocked === null && problems.length === 0;
  const begin = () =>
    sheet &&
    start.mutate({
      project,
      method: sheet.method,
      baseModelVersionId: sheet.base.id,
      overrides,
      ...rewardModel,
    });
  // A click out of a field changes the field first: it starts once the sheet says what that comes to.
  const [wanted, setWanted] = useState(false);
  const settled = !query.isPlaceholderData && !query.isFetching;
  useEffect(() => {
    if (!wanted || !settled) return;
    setWanted(false);
    if (ready) begin();
  });
  const chooseMethod = (next: Method) => {
    setMethod(next);
    setOverrides({});
    setReward({});
    // A reward model that was chosen as the base is none for a method that writes.
    if (next !== "reward" && sheet?.bases.find(({ id }) => id === sheet.base.id)?.scores) setBase(undefined);
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
            busy={start.isPending || wanted}
            disabled={!ready}
            onClick={() => (settled ? begin() : setWanted(true))}
          >
            {sheet?.reward?.first ? "Start both runs" : "Start training"}
          </Button>
        </>
      }
    >
      <Loaded query={{ ...query, data: sheet }}>
        {(data) => (
          <div className="grid gap-5">
            {start.isPending && <FreezingNotice />}
            {start.error && <Notice tone="bad" title={errorText(start.error)} />}
            {data.blocked && <Notice tone="warn" title={data.blocked} />}
            <Choice sheet={data} onMethod={chooseMethod} onBase={setBase} />
            {data.reward && (
              <PpoReward
                reward={data.reward}
                problem={problems.find(({ key }) => key === "rewardFunctions")?.message}
                onModel={setReward}
                onComputed={(json) => {
                  const { rewardFunctions: _, ...rest } = overrides;
                  setOverrides(json === null ? rest : { ...rest, rewardFunctions: json });
                }}
              />
            )}
            {data.reward?.first && data.blocked === null && (
              <RewardFirst first={data.reward.first} sheet={data} onAlone={() => chooseMethod("reward")} />
            )}
            {(data.method === "ppo" || data.method === "dpo") && <PpoOrDpo />}
            <LabelUse preview={data.preview} />
            <HyperparameterFields
              key={`${data.method} ${data.base.id}`}
              fields={data.configuration}
              overrides={overrides}
              problems={problems}
              onChange={setOverrides}
            />
            <p className="text-muted">
              {plural(data.estimate.steps, data.method === "ppo" ? "iteration" : "optimizer step")}
              {data.estimate.seconds === null
                ? "; the time they take is known after the first run on this machine."
                : `, about ${formatDuration(data.estimate.seconds)} on this machine.`}
            </p>
            {data.estimate.memory && <p className="text-muted">{data.estimate.memory}.</p>}
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

const fieldsOf = (sheet: SheetData | undefined): string[] => sheet?.configuration.map(({ key }) => key) ?? [];

const asChoice = (id: string | undefined): RewardModelChoice => (id === undefined ? {} : { rewardModelVersionId: id });

function Choice({
  sheet,
  onMethod,
  onBase,
}: {
  sheet: SheetData;
  onMethod(method: Method): void;
  onBase(id: string): void;
}) {
  const { recommendation } = sheet;
  return (
    <section aria-label="Method and base" className="grid gap-3 sm:grid-cols-2">
      <Field label="Method" hint={METHOD_WORDS[sheet.method].suits}>
        <Select value={sheet.method} onChange={(event) => onMethod(event.target.value as Method)}>
          {sheet.methods.map(({ method, available, reason }) => (
            <option key={method} value={method} disabled={!available} title={reason ?? undefined}>
              {METHOD_WORDS[method].title}
              {method === recommendation.method ? " (recommended)" : ""}
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
      <div className="grid gap-1 text-muted sm:col-span-2">
        <p>
          <span className="font-medium text-ink">{METHOD_WORDS[recommendation.method].title} is recommended.</span>{" "}
          {recommendation.why}
        </p>
        {recommendation.advice.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
    </section>
  );
}
