"use client";

import { useState } from "react";
import { Checkbox, Field, Input, Select } from "@/app/components/form-fields";
import type { Outputs } from "@/app/trpc-client";
import { GENERATE_DEFAULTS as DEFAULTS, type PromptScope } from "./generate-settings";
import { TokenLimitField } from "./token-limit-field";

type Model = Outputs["models"]["list"][number];

const SCOPE_WORDS: Record<PromptScope, string> = {
  selected: "The selected prompts",
  without_completions: "Prompts without completions",
  all: "All prompts",
};

export function GenerateForm({ models, selectedCount }: { models: Model[]; selectedCount: number }) {
  const [samples, setSamples] = useState(DEFAULTS.samples);
  const [makeTasks, setMakeTasks] = useState(true);
  const preferred = models.find((model) => model.promotedAt) ?? models[0];
  return (
    <>
      <Field label="Model">
        <Select name="modelVersionId" defaultValue={preferred?.id} required>
          {models.map((model) => (
            <option key={model.id} value={model.id}>
              {model.name}
              {model.promotedAt ? " (promoted)" : ""}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Prompts">
        <Select name="scope" defaultValue={selectedCount > 0 ? "selected" : "without_completions"}>
          {(Object.keys(SCOPE_WORDS) as PromptScope[])
            .filter((scope) => scope !== "selected" || selectedCount > 0)
            .map((scope) => (
              <option key={scope} value={scope}>
                {SCOPE_WORDS[scope]}
              </option>
            ))}
        </Select>
      </Field>
      <div className="grid grid-cols-2 gap-4">
        <Field label="Completions of each prompt" hint="1 to 8; a comparison needs two.">
          <Input
            name="samples"
            type="number"
            min={1}
            max={8}
            required
            value={samples}
            onChange={(event) => setSamples(event.target.valueAsNumber)}
          />
        </Field>
        <TokenLimitField name="maxTokens" />
        <Field label="Temperature" hint="0 always takes the most likely token; 0.7–1 gives varied completions.">
          <Input
            name="temperature"
            type="number"
            min={0}
            max={2}
            step={0.05}
            required
            defaultValue={DEFAULTS.temperature}
          />
        </Field>
        <Field label="Top-p" hint="Samples from the most likely tokens that together hold this probability.">
          <Input name="topP" type="number" min={0.05} max={1} step={0.05} required defaultValue={DEFAULTS.topP} />
        </Field>
        <Field label="Seed" hint="A fixed seed gives the same completions again. Empty: a random seed.">
          <Input name="seed" type="number" min={0} max={2_147_483_647} placeholder="random" />
        </Field>
      </div>
      <fieldset className="grid gap-3 rounded-md border border-line p-3">
        <Checkbox
          name="makeTasks"
          checked={makeTasks && samples >= 2}
          disabled={!(samples >= 2)}
          onChange={(event) => setMakeTasks(event.target.checked)}
          label="Make comparison tasks from the completions"
          hint="Each prompt with two different completions becomes a task once both are written."
        />
        {makeTasks && samples >= 2 && (
          <Field label="People per task" hint="Two or more people show how far they agree." className="max-w-48">
            <Input
              name="requiredLabels"
              type="number"
              min={1}
              max={50}
              required
              defaultValue={DEFAULTS.requiredLabels}
            />
          </Field>
        )}
      </fieldset>
    </>
  );
}
