import type { ModelFact } from "@/domain/models/inspect-model";
import type { Adapter } from "../file-formats/adapter";
import type { Tokenizer } from "../tokenizer/types";
import type { ModelConfig } from "./config";
import type { OpenModelFiles } from "./load-model-files";
import type { RopeScaling } from "./rope-scaling";
import { configWithSaved } from "./saved-tensors";

type Described = Pick<
  OpenModelFiles,
  "tokenizer" | "chatTemplate" | "notices" | "defaultSystemText" | "licence" | "adapter"
> & { config: ModelConfig };

/** Says what a model's files hold and what was made of them: one sentence a part, notices after them. */
export function modelFacts({ config: base, ...files }: Described): ModelFact[] {
  const { tokenizer, chatTemplate, adapter, licence, notices } = files;
  const config = adapter ? configWithSaved(base, adapter) : base;
  const facts: [about: string, text: string][] = [
    ["Shape", shapeOf(config)],
    ["Positions", positionsOf(config)],
    ["Output head", headOf(config)],
    ["Vocabulary", `${count(tokenizer.vocabSize)} tokens, embeddings for ${count(config.vocabSize)}`],
    ...(config.rewardHead ? [] : [["Ends of a completion", stopsOf(config, tokenizer)] as [string, string]]),
    ["Chat template", chatTemplate === null ? "none, so that the model can't be given messages" : "present"],
    ...systemTurnNotices(files).map((text): [string, string] => ["System turn", text]),
    ...(adapter ? [["Adapter", adapterOf(adapter)] as [string, string]] : []),
    ["Licence", licence ?? "not stated by its files"],
  ];
  return [
    ...facts.map(([about, text]) => ({ about, text, isNotice: false })),
    ...notices.map((text) => ({ about: "Notice", text, isNotice: true })),
  ];
}

/** The sentence about a template that writes a system turn of its own; none for a template that does not. */
export function systemTurnNotices({ defaultSystemText: text }: Pick<OpenModelFiles, "defaultSystemText">): string[] {
  if (text === null) return [];
  return [`the chat template writes ${JSON.stringify(text)} before a conversation that has no system turn`];
}

function shapeOf({ family, layers, hiddenSize, heads, keyValueHeads, maxPositions }: ModelConfig): string {
  const shared = keyValueHeads === heads ? "" : ` (${keyValueHeads} for keys and values)`;
  const name = family === "llama" ? "Llama" : "GPT-2";
  return `${name}, ${layers} layers, ${count(hiddenSize)} wide, ${heads} heads${shared}, a context of ${count(maxPositions)} tokens`;
}

function positionsOf({ ropeTheta, ropeScaling }: ModelConfig): string {
  if (ropeTheta === 0) return "learned";
  const base = `rotary, base ${count(ropeTheta)}`;
  return ropeScaling === null ? `${base}, not stretched` : `${base}, stretched by ${stretchOf(ropeScaling)}`;
}

function stretchOf(scaling: RopeScaling): string {
  const factor = `factor ${count(scaling.factor)}`;
  if (scaling.kind === "dynamic") return `dynamic (${factor}), which changes nothing within the context`;
  if (scaling.kind === "linear") return `linear (${factor})`;
  return `${scaling.kind} (${factor}, from ${count(scaling.originalPositions)} positions)`;
}

function headOf({ rewardHead, tieWordEmbeddings }: ModelConfig): string {
  if (rewardHead) return "one score, read at the last token";
  return tieWordEmbeddings ? "the embeddings, which it is tied to" : "a matrix of its own";
}

function stopsOf({ eosTokenIds }: ModelConfig, { idToToken }: Tokenizer): string {
  return eosTokenIds.map((id) => `${idToToken(id) ?? "a token without a name"} (${id})`).join(", ");
}

function adapterOf({ rank, alpha, targets, savedTensors }: Adapter): string {
  const whole = savedTensors.size === 0 ? "" : `; whole: ${[...savedTensors.keys()].join(", ")}`;
  return `rank ${rank}, alpha ${alpha}, on ${targets.join(", ")}${whole}`;
}

const count = (value: number) => value.toLocaleString("en", { maximumFractionDigits: 3 });
