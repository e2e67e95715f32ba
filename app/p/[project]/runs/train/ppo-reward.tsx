"use client";

import { useState } from "react";
import { Field, Input, Select } from "@/app/components/form-fields";
import { Notice } from "@/app/components/notice";
import { useProject } from "@/app/p/[project]/project-context";
import type { Inputs, Outputs } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";

/** Rewards that are computed; the value is what RUN.json calls them. */
const COMPUTED = {
  "": "none",
  length: "length within a window",
  regularExpression: "matches a regular expression",
  jsonValidity: "is valid JSON",
};
type Computed = keyof typeof COMPUTED;

/** Which reward model; left out entirely, the newest one, or one that is trained first where there is none. */
export type RewardModelChoice = Pick<
  Inputs["runs"]["trainOnLatestLabels"],
  "rewardModelVersionId" | "trainRewardFirst"
>;
/** Stands among the ids of the models for one that is yet to be trained. */
const FIRST = "first";

/** What scores the completions that PPO writes: a reward model, a computed reward, or both added. */
export function PpoReward({
  reward,
  problem,
  onModel,
  onComputed,
}: {
  reward: NonNullable<Outputs["runs"]["sheet"]["reward"]>;
  /** What the server said of a computed reward that it does not take. */
  problem: string | undefined;
  onModel(choice: RewardModelChoice): void;
  /** A list as JSON; null for none. */
  onComputed(json: string | null): void;
}) {
  const { slug: project } = useProject();
  const [computed, setComputed] = useState<Computed>("");
  const [range, setRange] = useState({ min: "10", max: "40" });
  const [pattern, setPattern] = useState("");
  const choose = (name: Computed, { min, max } = range, regular = pattern) => {
    if (name === "" || (name === "regularExpression" && regular === "")) return onComputed(null);
    const length = { name, unit: "words", min: Number(min), max: Number(max) };
    const one = name === "length" ? length : name === "regularExpression" ? { name, pattern: regular } : { name };
    onComputed(JSON.stringify([one]));
  };
  const bound = (key: "min" | "max", label: string) => (
    <Field label={label}>
      <Input
        inputMode="numeric"
        value={range[key]}
        onChange={(event) => {
          const next = { ...range, [key]: event.target.value };
          setRange(next);
          choose(computed, next);
        }}
      />
    </Field>
  );
  return (
    <section aria-label="Reward" className="grid gap-3 sm:grid-cols-2">
      <h3 className="font-medium sm:col-span-2">Reward</h3>
      <Field label="Reward model" hint="Scores every completion that the run writes.">
        <Select
          value={reward.first ? FIRST : (reward.chosenId ?? "")}
          onChange={({ target: { value } }) =>
            onModel(
              value === FIRST
                ? { trainRewardFirst: true }
                : { rewardModelVersionId: value || null, trainRewardFirst: false },
            )
          }
        >
          <option value={FIRST}>a new one, trained first</option>
          <option value="">none</option>
          {reward.models.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <Field
        label="Computed reward"
        hint="Added to the reward model's score: 1 where the condition holds, falling to 0 where it does not."
        error={problem}
      >
        <Select
          value={computed}
          onChange={(event) => {
            const name = event.target.value as Computed;
            setComputed(name);
            choose(name);
          }}
        >
          {Object.entries(COMPUTED).map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
      {reward.doubt && (
        <div className="sm:col-span-2">
          <Notice tone="warn" title={reward.doubt.message}>
            PPO would learn whatever this reward model pays for. Read its{" "}
            <a className="link" href={pathsOf(project).runReport(reward.doubt.runId)} target="_blank" rel="noreferrer">
              reward report
            </a>{" "}
            first.
          </Notice>
        </div>
      )}
      {computed === "length" && bound("min", "Words at least")}
      {computed === "length" && bound("max", "Words at most")}
      {computed === "regularExpression" && (
        <Field label="Regular expression">
          <Input
            value={pattern}
            onChange={(event) => {
              setPattern(event.target.value);
              choose(computed, range, event.target.value);
            }}
          />
        </Field>
      )}
    </section>
  );
}
