"use client";

import { useState } from "react";
import { formatNumber } from "@/app/components/format";
import type { Hyperparameter, Overrides, OverrideValue } from "./hyperparameter";
import { HyperparameterField } from "./hyperparameter-field";
import type { RefusedValue } from "./refused-values";

const GROUPS: Record<Hyperparameter["group"], string> = {
  method: "Method",
  optimisation: "Optimisation",
  model: "Adapter",
  data: "Data",
  run: "Run",
};

/**
 * The form of a method, made from its schema: the basic fields, and behind them all others by group. What is left alone
 * keeps the default that was chosen for this data and this machine.
 * @param problems what the server said of values that it does not take
 */
export function HyperparameterFields({
  fields,
  overrides,
  problems,
  onChange,
}: {
  fields: Hyperparameter[];
  overrides: Overrides;
  problems: readonly RefusedValue[];
  onChange(overrides: Overrides): void;
}) {
  const [opened, setOpened] = useState(false);
  const why = fields.filter((field) => field.why);
  const shown = fields.filter(({ key }) => overrides.lora !== false || !key.startsWith("lora."));
  const changed = Object.keys(overrides).length;
  const set = (key: string, value: OverrideValue | null) => {
    const { [key]: _, ...rest } = overrides;
    onChange(value === null ? rest : { ...rest, [key]: value });
  };
  const problemOf = ({ key }: Hyperparameter) => problems.find((problem) => problem.key === key)?.message;
  const list = (some: Hyperparameter[]) => (
    <div className="grid gap-3 sm:grid-cols-2">
      {some.map((field) => (
        <HyperparameterField
          key={field.key}
          field={field}
          value={overrides[field.key]}
          problem={problemOf(field)}
          onChange={(value) => set(field.key, value)}
        />
      ))}
    </div>
  );
  const advanced = shown.filter(({ basic }) => !basic);
  return (
    <section aria-label="How it will train" className="grid gap-3">
      <div>
        <h3 className="mb-1.5 font-medium">How it will train</h3>
        {why.length > 0 && (
          <ul className="list-disc pl-4 text-muted">
            {why.map((field) => (
              <li key={field.key}>{field.why}</li>
            ))}
          </ul>
        )}
      </div>
      {list(shown.filter(({ basic }) => basic))}
      <details
        className="rounded-md border border-line"
        // A value that is refused must be seen; it stays open once the value is right.
        open={opened || advanced.some((field) => problemOf(field) !== undefined)}
        onToggle={(event) => setOpened(event.currentTarget.open)}
      >
        <summary className="px-3 py-2">
          Advanced
          <span className="ml-2 text-muted text-xs">
            {formatNumber(advanced.length)} more{changed > 0 && `; ${changed} changed in all`}
          </span>
        </summary>
        <div className="grid gap-4 border-line border-t p-3">
          {Object.entries(GROUPS).map(([group, title]) => {
            const some = advanced.filter((field) => field.group === group);
            return (
              some.length > 0 && (
                <fieldset key={group}>
                  <legend className="mb-2 font-medium text-muted text-xs">{title}</legend>
                  {list(some)}
                </fieldset>
              )
            );
          })}
        </div>
      </details>
    </section>
  );
}
