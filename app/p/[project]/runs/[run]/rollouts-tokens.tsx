"use client";

import { type KeyboardEvent, useId, useRef, useState } from "react";
import { cx } from "@/app/components/class-names";
import { formatNumber } from "@/app/components/format";
import type { Rollout } from "./rollout";

type Token = Rollout["tokens"][number];

const MEASURES = {
  advantage: { title: "Advantage", above: "var(--color-good)", below: "var(--color-bad)" },
  kl: { title: "KL", above: "var(--color-warn)", below: "var(--color-accent)" },
} as const;
type Measure = keyof typeof MEASURES;

/** The share of colour behind the largest value; more would take the text's contrast. */
const STRONGEST_PERCENT = 45;

const heat = (measure: Measure, value: number, largest: number) => {
  const percent = largest === 0 ? 0 : Math.round((Math.abs(value) / largest) * STRONGEST_PERCENT);
  return `color-mix(in oklab, ${MEASURES[measure][value < 0 ? "below" : "above"]} ${percent}%, transparent)`;
};

const valuesOf = ({ kl, advantage, value }: Token) =>
  `advantage ${formatNumber(advantage)}, KL ${formatNumber(kl)}${value === null ? "" : `, value ${formatNumber(value)}`}`;

/** The completion, token by token: the stronger the background, the further from zero. The arrow keys go through it. */
export function RolloutTokens({ tokens }: { tokens: Token[] }) {
  const [measure, setMeasure] = useState<Measure>("advantage");
  const [at, setAt] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const values = tokens.map((token) => token[measure]);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const current = tokens[at];
  const move = (event: KeyboardEvent) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tokens.length - 1 }[event.key];
    if (to === undefined || to < 0 || to >= tokens.length) return;
    event.preventDefault();
    box.current?.querySelectorAll<HTMLElement>("[role=option]")[to]?.focus();
  };
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 id={id} className="font-medium text-faint text-xs">
          Completion
        </h3>
        <MeasureChoice measure={measure} onChange={setMeasure} />
      </div>
      <div
        ref={box}
        role="listbox"
        tabIndex={-1}
        aria-labelledby={id}
        aria-orientation="horizontal"
        onKeyDown={move}
        className="max-h-96 overflow-auto whitespace-pre-wrap rounded-md border border-line bg-surface p-3 text-base leading-7 [overflow-wrap:anywhere]"
      >
        {tokens.map((token, index) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: the tokens of a completion never move
            key={index}
            role="option"
            aria-selected={index === at}
            aria-label={`${JSON.stringify(token.text)}: ${valuesOf(token)}`}
            title={valuesOf(token)}
            tabIndex={index === at ? 0 : -1}
            onFocus={() => setAt(index)}
            className={cx("rounded-xs py-0.5", index === at && "underline decoration-2 underline-offset-4")}
            style={{ backgroundColor: heat(measure, token[measure], largest) }}
          >
            {token.text.replaceAll("\n", "↵\n") || "·"}
          </span>
        ))}
      </div>
      <p className="tabular-nums [overflow-wrap:anywhere]">
        {current && (
          <>
            <span className="text-muted">
              Token {at + 1} of {tokens.length}
            </span>{" "}
            <code className="font-mono">{JSON.stringify(current.text)}</code>: {valuesOf(current)}
          </>
        )}
      </p>
      <Legend measure={measure} values={values} largest={largest} />
    </div>
  );
}

function MeasureChoice({ measure, onChange }: { measure: Measure; onChange: (measure: Measure) => void }) {
  return (
    <fieldset className="flex gap-1.5">
      <legend className="sr-only">What the background shows</legend>
      {(Object.keys(MEASURES) as Measure[]).map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={one === measure}
          onClick={() => onChange(one)}
          className={cx(
            "rounded-md border px-2.5 py-1 text-xs",
            one === measure
              ? "border-accent bg-accent-soft text-accent"
              : "border-line bg-surface text-muted hover:bg-hover",
          )}
        >
          {MEASURES[one].title}
        </button>
      ))}
    </fieldset>
  );
}

function Legend({ measure, values, largest }: { measure: Measure; values: number[]; largest: number }) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-xs tabular-nums">
      {[-largest, 0, largest].map((value, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: three fixed places, alike where all is zero
        <span key={index} className="inline-flex items-center gap-1">
          <span
            aria-hidden
            className="inline-block size-3 rounded-xs border border-line"
            style={{ backgroundColor: heat(measure, value, largest) }}
          />
          {formatNumber(value === 0 ? 0 : value)}
        </span>
      ))}
      <span>mean {formatNumber(mean)}</span>
      <span>
        {measure === "kl" ? "log π − log π of the reference, nats" : "as the update used it, after whitening"}
      </span>
    </p>
  );
}
