"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/app/components/button";
import { ControlTokenNotice } from "@/app/components/control-token-notice";
import { Field, Input, Select, Textarea } from "@/app/components/form-fields";
import { Loaded } from "@/app/components/loaded";
import { PageHeader } from "@/app/components/page-header";
import { useShortcuts } from "@/app/components/shortcuts";
import { type Outputs, useTRPC } from "@/app/trpc-client";
import { useProject } from "../project-context";
import { PlaygroundPane, type PlaygroundRequest } from "./playground-pane";

type Models = Outputs["models"]["list"];

/** One prompt, two models, both answers as they come. */
export function Playground({
  left,
  right,
  reward,
}: {
  left?: string;
  right?: string;
  /** The reward model that scores the answers at first. */
  reward?: string;
}) {
  const { slug: project } = useProject();
  const trpc = useTRPC();
  const query = useQuery(trpc.models.list.queryOptions({ project }));
  return (
    <>
      <PageHeader
        title="Playground"
        about="Ask two models the same thing and read the answers side by side. Nothing here becomes a label."
      />
      <Loaded query={query}>
        {(all) => {
          const models = all.filter((model) => model.kind !== "reward");
          const rewardModels = all.filter((model) => model.kind === "reward");
          const newest = models[0]?.id;
          return (
            <Desk
              models={models}
              rewardModels={rewardModels}
              left={left ?? models.at(-1)?.id ?? newest}
              right={right ?? newest}
              reward={reward}
            />
          );
        }}
      </Loaded>
    </>
  );
}

function Desk({
  models,
  rewardModels,
  left,
  right,
  reward,
}: {
  models: Models;
  rewardModels: Models;
  left?: string;
  right?: string;
  reward?: string;
}) {
  const [rewardModelId, setRewardModel] = useState(reward ?? rewardModels[0]?.id ?? "");
  const [modelIds, setModelIds] = useState([left, right]);
  const [text, setText] = useState("");
  const [system, setSystem] = useState("");
  const [sampling, setSampling] = useState({ temperature: 0.7, topP: 0.95, maxTokens: 160, seed: 1 });
  const [request, setRequest] = useState<PlaygroundRequest | null>(null);
  const ask = () => {
    if (!text.trim()) return;
    const messages = [
      ...(system.trim() ? [{ role: "system" as const, content: system }] : []),
      { role: "user" as const, content: text },
    ];
    setRequest((before) => ({
      number: (before?.number ?? 0) + 1,
      messages,
      ...sampling,
      ...(rewardModelId && { rewardModelId }),
    }));
  };
  useShortcuts("Playground", [{ keys: "Ctrl+Enter", label: "Ask both models", whileTyping: true, run: ask }]);

  const setNumber = (key: keyof typeof sampling) => (event: React.ChangeEvent<HTMLInputElement>) => {
    const value = event.target.valueAsNumber;
    if (Number.isFinite(value)) setSampling((now) => ({ ...now, [key]: value }));
  };
  return (
    <div className="grid gap-3">
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <Textarea
          aria-label="Prompt"
          placeholder="Ask something"
          rows={3}
          maxLength={32_000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <ControlTokenNotice text={`${system}\n${text}`} />
        <div className="flex flex-wrap items-end gap-3">
          <Button type="submit" variant="primary" keys="Ctrl+Enter" disabled={!text.trim()}>
            Ask both
          </Button>
          {rewardModels.length > 0 && (
            <Select
              aria-label="Score answers with"
              className="w-auto max-w-56"
              value={rewardModelId}
              onChange={(event) => setRewardModel(event.target.value)}
            >
              <option value="">Don’t score answers</option>
              {rewardModels.map(({ id, name }) => (
                <option key={id} value={id}>
                  Score with {name}
                </option>
              ))}
            </Select>
          )}
          <details className="min-w-0 flex-1">
            <summary className="py-1.5 text-muted text-xs">
              Sampling: temperature {sampling.temperature}, top-p {sampling.topP}, up to {sampling.maxTokens} tokens,
              seed {sampling.seed}
            </summary>
            <div className="grid gap-3 py-2 sm:grid-cols-4">
              <Field label="Temperature" hint="0 is greedy decoding">
                <Input
                  type="number"
                  min={0}
                  max={2}
                  step={0.1}
                  value={sampling.temperature}
                  onChange={setNumber("temperature")}
                />
              </Field>
              <Field label="Top-p">
                <Input
                  type="number"
                  min={0.05}
                  max={1}
                  step={0.05}
                  value={sampling.topP}
                  onChange={setNumber("topP")}
                />
              </Field>
              <Field label="Maximum tokens">
                <Input type="number" min={1} max={1024} value={sampling.maxTokens} onChange={setNumber("maxTokens")} />
              </Field>
              <Field label="Seed">
                <Input type="number" min={0} value={sampling.seed} onChange={setNumber("seed")} />
              </Field>
              <Field label="System message" className="sm:col-span-4">
                <Textarea
                  rows={2}
                  maxLength={8_000}
                  value={system}
                  onChange={(event) => setSystem(event.target.value)}
                />
              </Field>
            </div>
          </details>
        </div>
      </form>
      <div className="grid items-start gap-3 md:grid-cols-2">
        {["Left model", "Right model"].map((label, side) => (
          <PlaygroundPane
            key={label}
            label={label}
            models={models}
            modelId={modelIds[side]}
            onModel={(id) => setModelIds((now) => now.map((old, index) => (index === side ? id : old)))}
            request={request}
          />
        ))}
      </div>
    </div>
  );
}
