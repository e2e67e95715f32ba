import path from "node:path";
import { DomainError } from "@/domain/errors";
import type { LoraConfig as LoraSettings, RunConfig } from "@/domain/runs/run-config";
import type { RunEvent, RunOutput } from "@/domain/runs/run-events";
import type { Reason, RunWarning } from "@/domain/runs/run-remarks";
import { type Adapter, writeAdapter } from "../file-formats/adapter";
import { writeModelFolder } from "../file-formats/model-folder";
import type { NamedTensors } from "../file-formats/tensor-file";
import { loadModelFiles, type ModelFiles } from "../models/load-model-files";
import { systemTurnNotices } from "../models/model-facts";
import { createModel } from "../models/transformer-model";
import type { CausalLanguageModel } from "../models/types";
import type { Chat } from "../tokenizer/tokenize-example";
import { REWARD_HEAD, withRewardHead } from "./reward-head";
import type { RunScope } from "./run-scope";
import { yieldProgress } from "./yield-progress";

/** The model that a run trains, with its tokenizer, template and files. */
export type Policy = {
  model: CausalLanguageModel;
  chat: Chat;
  files: Omit<ModelFiles, "tensors">;
};

type PolicyRun = { config: RunConfig; signal: AbortSignal; scope: RunScope };

const ALL_LINEAR = {
  llama: ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
  gpt2: ["c_attn", "c_proj", "c_fc"],
};

/**
 * Loads the model that the run starts from and decides what trains: a new adapter (`lora`), the adapter that was given
 * (`adapter`, or a model that is an adapter's folder), or all weights.
 *
 * @param options.rewardHead whether the model is to score: a language model gets a scalar head, which trains as well
 */
export async function* loadPolicy(
  { config, signal, scope }: PolicyRun,
  { rewardHead = false } = {},
): AsyncGenerator<RunEvent, Policy> {
  const { adapter: adapterFolder, lora } = config;
  const found = yield* yieldProgress("loading", (onProgress) =>
    adapterFolder === undefined
      ? loadModelFiles(config.model, { onProgress, signal })
      : loadModelFiles(adapterFolder, { adapterBase: config.model, onProgress, signal }),
  );
  if (adapterFolder !== undefined && !found.adapter) {
    throw new DomainError("run-config-invalid", `adapter: ${adapterFolder} is a model, not a PEFT adapter folder`);
  }
  if (found.adapter && lora) {
    const message = `model: ${config.model} is an adapter itself; leave "lora" out to go on training it, or start from its merged model`;
    throw new DomainError("run-config-invalid", message);
  }
  const files = rewardHead ? withRewardHead(found, config.seed) : found;
  const { tensors, ...rest } = files;
  const options = { name: "policy", trainWeights: !lora && !files.adapter, trainRewardHead: rewardHead };
  const model = scope.own(createModel(files.config, tensors, { ...options, source: files.source.path }));
  if (files.adapter) {
    model.loadAdapter(files.adapter, files.source.path);
  } else if (lora) {
    model.addAdapter(freshAdapter(lora, files.config.family, config.seed));
  }
  return { model, chat: { tokenizer: files.tokenizer, chatTemplate: files.chatTemplate }, files: rest };
}

/** Warns of what people should know about the model that a run starts from, before it trains. */
export function modelWarnings({ files }: Policy): RunWarning[] {
  const whole = [...(files.adapter?.savedTensors.keys() ?? [])];
  const kept = whole.filter((name) => name !== REWARD_HEAD).join(", ");
  const notices =
    kept === ""
      ? files.notices
      : [...files.notices, `the adapter's ${kept} is kept as it is: only the low-rank layers train`];
  return notices.map((notice) => ({ field: "model", message: `model: ${notice}` }));
}

/** Says what a run should know about its model that is no reason to worry. */
export function modelReasons({ files }: Policy): Reason[] {
  return systemTurnNotices(files).map((notice) => ({ field: "model", text: `${capitalised(notice)}.` }));
}

const capitalised = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** Refuses a reward model: preference methods and SFT train the policy itself. */
export function requireLanguageModel({ model }: Policy, config: RunConfig): void {
  if (!model.hasRewardHead) return;
  const message = `model: ${config.model} is a reward model; method ${config.method} needs a language model`;
  throw new DomainError("run-config-invalid", message);
}

/** Writes `DIR/adapter` or `DIR/model`, which appears complete or not at all. */
export async function savePolicy({ model, files }: Policy, outputDir: string): Promise<RunOutput> {
  if (model.lora) {
    const folder = path.join(outputDir, "adapter");
    const { rank, alpha, targets, dropout = 0 } = model.lora;
    await writeAdapter(folder, {
      baseModel: files.adapter ? files.adapter.baseModel : files.source.reference,
      rank,
      alpha,
      dropout,
      targets,
      taskType: model.hasRewardHead ? "SEQ_CLS" : "CAUSAL_LM",
      fanInFanOut: files.config.family === "gpt2",
      layers: await model.adapterLayers(),
      ...(files.adapter && adapterChoices(files.adapter)),
      // Tensors that the adapter brought whole stay beside it; a reward head is written as it was trained.
      savedTensors: new Map([...(files.adapter?.savedTensors ?? []), ...(await rewardHeadOf(model))]),
    });
    return { kind: "adapter", path: folder };
  }
  const folder = path.join(outputDir, "model");
  await writeModelFolder(folder, { ...files, tensors: await model.modelTensors() });
  return { kind: "model", path: folder };
}

/** The choices of an adapter that a run leaves as they are when it trains the adapter further. */
const adapterChoices = ({ targetExpression, isSelective, modulesToSave }: Adapter): Partial<Adapter> => ({
  ...(targetExpression !== undefined && { targetExpression }),
  ...(isSelective && { isSelective }),
  ...(modulesToSave && { modulesToSave }),
});

/** The reward head, if it was trained: an adapter's file also holds what was trained whole beside it. */
async function rewardHeadOf(model: CausalLanguageModel): Promise<NamedTensors> {
  if (!model.hasRewardHead) return new Map();
  return model.modelTensors(REWARD_HEAD);
}

function freshAdapter(lora: LoraSettings, family: "llama" | "gpt2", seed: number) {
  const targets = lora.targets === "all-linear" ? ALL_LINEAR[family] : lora.targets;
  return { rank: lora.rank, alpha: lora.alpha ?? 2 * lora.rank, targets, seed, dropout: lora.dropout };
}
