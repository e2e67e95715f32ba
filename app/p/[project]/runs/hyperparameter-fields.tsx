"use client";

import { useId } from "react";
import { Checkbox, Field, Input } from "@/app/components/form-fields";
import { formatNumber } from "@/app/components/format";
import type { Outputs } from "@/app/trpc-client";
import type { Overrides } from "./train-sheet";

type Hyperparameter = Outputs["runs"]["sheet"]["configuration"][number];

/** The resolved defaults with their meaning; each can be changed, and says in which range it is safe. */
export function HyperparameterFields({
  fields,
  overrides,
  onChange,
}: {
  fields: Hyperparameter[];
  overrides: Overrides;
  onChange(overrides: Overrides): void;
}) {
  const why = fields.filter((field) => field.why);
  const set = (key: string, value: number | string | boolean | null) => {
    const { [key]: _, ...rest } = overrides;
    onChange(value === null ? rest : { ...rest, [key]: value });
  };
  return (
    <section aria-label="How it will train">
      <h3 className="mb-1.5 font-medium">How it will train</h3>
      {why.length > 0 && (
        <ul className="mb-2 list-disc pl-4 text-muted">
          {why.map((field) => (
            <li key={field.key}>{field.why}</li>
          ))}
        </ul>
      )}
      <details className="rounded-md border border-line">
        <summary className="px-3 py-2">
          Hyperparameters
          <span className="ml-2 text-muted text-xs">
            {Object.keys(overrides).length > 0
              ? `${Object.keys(overrides).length} changed`
              : "chosen for this amount of data and this machine"}
          </span>
        </summary>
        <div className="grid gap-3 border-line border-t p-3 sm:grid-cols-2">
          {fields.map((field) => (
            <HyperparameterField
              key={field.key}
              field={field}
              value={overrides[field.key]}
              onChange={(value) => set(field.key, value)}
            />
          ))}
        </div>
      </details>
    </section>
  );
}

function HyperparameterField({
  field,
  value,
  onChange,
}: {
  field: Hyperparameter;
  value: number | string | boolean | undefined;
  onChange(value: number | string | boolean | null): void;
}) {
  const id = useId();
  const hint = field.range ? `${field.meaning} Usual: ${field.range}.` : field.meaning;
  if (typeof field.value === "boolean")
    return (
      <Checkbox
        id={id}
        label={field.key}
        hint={hint}
        checked={typeof value === "boolean" ? value : field.value}
        onChange={(event) => onChange(event.target.checked === field.value ? null : event.target.checked)}
      />
    );
  const numeric = typeof field.value === "number";
  return (
    <Field label={field.key} hint={hint}>
      <Input
        inputMode={numeric ? "decimal" : undefined}
        placeholder={typeof field.value === "number" ? formatNumber(field.value) : String(field.value ?? "")}
        defaultValue={value === undefined ? "" : String(value)}
        onBlur={(event) => {
          const text = event.target.value.trim();
          const parsed = Number(text);
          onChange(text === "" ? null : numeric && Number.isFinite(parsed) ? parsed : text);
        }}
      />
    </Field>
  );
}
