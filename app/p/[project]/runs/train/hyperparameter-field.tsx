import { useState } from "react";
import { Checkbox, Field, Input, Select } from "@/app/components/form-fields";
import { formatNumber } from "@/app/components/format";
import type { Hyperparameter, OverrideValue } from "./hyperparameter";

/** One field: its name, what it means, where it is safe, and a word where the value is not. Empty means the default. */
export function HyperparameterField({
  field,
  value,
  problem,
  onChange,
}: {
  field: Hyperparameter;
  value: OverrideValue | undefined;
  problem: string | undefined;
  onChange(value: OverrideValue | null): void;
}) {
  // The word on a value comes while it is typed: were it to come when the field is left, what is clicked would jump away.
  const [typed, setTyped] = useState<string>();
  const shown = typed === undefined ? value : (parse(typed, field) ?? undefined);
  const label = (
    <span title={field.key}>
      {field.title}
      {field.unit && <span className="font-normal text-faint"> in {field.unit}</span>}
    </span>
  );
  const hint = (
    <>
      {field.meaning} {field.whenAbsent && `${field.type === "boolean" ? "Unticked" : "Empty"}: ${field.whenAbsent} `}
      {field.range && <span className="whitespace-nowrap">Safe: {rangeText(field.range)}.</span>}
      {shown !== undefined && <Unsafe field={field} value={shown} />}
    </>
  );
  if (field.type === "boolean")
    return (
      <Checkbox
        label={label}
        hint={problem === undefined ? hint : <span className="text-bad">{problem}</span>}
        aria-invalid={problem === undefined ? undefined : true}
        // Without a value of its own (an adapter that is not trained) it is off.
        checked={typeof value === "boolean" ? value : field.value === true}
        onChange={(event) => onChange(event.target.checked === (field.value === true) ? null : event.target.checked)}
      />
    );
  const initial =
    field.value === null ? "" : typeof field.value === "number" ? formatNumber(field.value) : String(field.value);
  if (field.type === "choice")
    return (
      <Field label={label} hint={hint} error={problem}>
        <Select
          value={value === undefined ? initial : String(value)}
          onChange={(event) => onChange(event.target.value === initial ? null : event.target.value)}
        >
          {field.options?.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </Select>
      </Field>
    );
  return (
    <Field label={label} hint={hint} error={problem}>
      <Input
        inputMode={field.type === "number" ? "decimal" : undefined}
        placeholder={initial || "automatic"}
        defaultValue={value === undefined ? "" : String(value)}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={(event) => onChange(parse(event.target.value, field))}
      />
    </Field>
  );
}

function Unsafe({ field: { range }, value }: { field: Hyperparameter; value: OverrideValue }) {
  if (!range || typeof value !== "number") return null;
  if ((range.min === null || value >= range.min) && (range.max === null || value <= range.max)) return null;
  const where = range.min !== null && value < range.min ? "Below" : "Above";
  return (
    <span className="block text-warn">
      {where} the usual range: {range.why}.
    </span>
  );
}

function rangeText({ min, max }: NonNullable<Hyperparameter["range"]>): string {
  if (min === null) return `up to ${formatNumber(max ?? 0)}`;
  return max === null ? `from ${formatNumber(min)}` : `${formatNumber(min)}–${formatNumber(max)}`;
}

/** What was typed as the run takes it; null where the field is empty. A number that is none stays text, for the server to refuse. */
function parse(typed: string, { type }: Hyperparameter): OverrideValue | null {
  const text = typed.trim();
  const number = Number(text);
  if (text === "") return null;
  return type === "number" && Number.isFinite(number) ? number : text;
}
