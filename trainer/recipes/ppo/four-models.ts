import { rmSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import type { PpoConfig } from "@/domain/runs/run-config";
import { loadModelFiles, type ModelFiles } from "../../models/load-model-files";
import { createModel, shareModel } from "../../models/transformer-model";
import type { CausalLanguageModel, LoraConfig } from "../../models/types";
import { loadPolicy, type Policy } from "../policy";
import type { RecipeRun } from "../recipe";
import { REWARD_HEAD } from "../reward-head";
import type { RunScope } from "../run-scope";

type Load = (scope: RunScope) => Promise<CausalLanguageModel>;

/**
 * The ways in which the models are loaded. Policy and value model train; the reference is the policy as the run found
 * it.
 */
export type FourModels = {
  policy: Load;
  /** `adapter: false` if the reference is the policy's own base. */
  reference: { load: Load; adapter: boolean };
  /** Null if completions are compared within a prompt (RLOO, GRPO). */
  value: Load | null;
  /** The folder of models that are not at work; null if all stay in memory. */
  folder: string | null;
};

/**
 * Decides how the models lie in memory. The numbers of a run do not depend on it but for rounding.
 *
 * - `adapters`: one frozen base. The reference is the base with the adapter off (or, for a run that trains an existing
 * adapter further, with that adapter as it was found); the value model has an adapter and a head of its own, so that
 * its learning does not disturb the policy.
 * - `separate`: each model has weights of its own, which is needed if all weights train.
 * - `offload`: as `separate`, but only the model at work is in memory; what the others have learned is on disk.
 */
export async function locateFourModels(run: RecipeRun<"ppo">, config: PpoConfig, policy: Policy): Promise<FourModels> {
  const { model, files } = policy;
  const needsValue = config.advantageEstimator === "gae";
  const { lora } = model;
  // Values begin at 0, because a random head would call some prompts good before anything is known.
  const head = () => new Float32Array(files.config.hiddenSize);
  if (config.memoryMode === "adapters") {
    const value: Load = async (scope) => {
      const shared = scope.own(shareModel(model, { name: "value", rewardHead: head(), trainRewardHead: true }));
      shared.addAdapter({ ...(lora as LoraConfig), seed: config.seed + 1 });
      return shared;
    };
    const asFound: Load = async (scope) => {
      const reference = scope.own(shareModel(model, { name: "reference" }));
      if (files.adapter) reference.loadAdapter(files.adapter, files.source.path);
      return reference;
    };
    const reference = files.adapter ? { load: asFound, adapter: true } : { load: async () => model, adapter: false };
    return { policy: async () => model, reference, value: needsValue ? value : null, folder: null };
  }

  const readFiles = () =>
    config.adapter === undefined
      ? loadModelFiles(config.model, { signal: run.signal })
      : loadModelFiles(config.adapter, { adapterBase: config.model, signal: run.signal });
  const loadReference: Load = async (scope) => {
    const found = await readFiles();
    const reference = scope.own(createModel(found.config, found.tensors, { name: "reference" }));
    if (found.adapter) {
      reference.loadAdapter(found.adapter, found.source.path);
      reference.mergeAdapter();
    }
    return reference;
  };
  const loadValue: Load = async (scope) =>
    scope.own(createValueModel(await readFiles(), head(), lora, config.seed + 1));
  const folder = config.memoryMode === "offload" ? await makeFolder(run) : null;
  return {
    policy: folder === null ? async () => model : policyAgain(run, model),
    reference: { load: loadReference, adapter: false },
    value: needsValue ? loadValue : null,
    folder,
  };
}

/** Gives the model that the run loaded at first; once that is disposed, loads it again. */
function policyAgain(run: RecipeRun<"ppo">, first: CausalLanguageModel): Load {
  let isFirst = true;
  return async (scope) => {
    if (isFirst) {
      isFirst = false;
      run.scope.disown(first);
      return scope.own(first);
    }
    const loading = loadPolicy({ ...run, scope });
    for (;;) {
      const { done, value } = await loading.next();
      if (done) return value.model; // the first load has reported its progress
    }
  };
}

/**
 * Makes an empty folder beside the checkpoints, on the run's own disk: files that a killed run left there belong to no
 * checkpoint.
 */
async function makeFolder({ checkpointFolder, scope }: RecipeRun<"ppo">): Promise<string> {
  const folder = path.join(checkpointFolder, "offloaded");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  scope.own({ dispose: () => rmSync(folder, { recursive: true, force: true }) });
  return folder;
}

function createValueModel(
  { config, tensors }: ModelFiles,
  head: Float32Array,
  lora: LoraConfig | null,
  seed: number,
): CausalLanguageModel {
  tensors.delete("lm_head.weight");
  tensors.set(REWARD_HEAD, { dtype: "F32", shape: [1, head.length], data: head });
  const options = { name: "value", trainWeights: lora === null, trainRewardHead: true };
  const value = createModel({ ...config, rewardHead: true }, tensors, options);
  if (lora) value.addAdapter({ ...lora, seed });
  return value;
}
