import type { PpoConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { loadModelFiles, type ModelFiles } from "../../models/load-model-files";
import { createModel, shareModel } from "../../models/transformer-model";
import type { CausalLanguageModel, LoraConfig } from "../../models/types";
import type { Policy } from "../policy";
import type { RecipeRun } from "../recipe";
import { REWARD_HEAD } from "../reward-head";
import { yieldProgress } from "../yield-progress";

/** Policy and value model train; the reference is the policy as the run found it. */
export type FourModels = {
  policy: CausalLanguageModel;
  /** `adapter: false` where it is the policy's own base. */
  reference: { model: CausalLanguageModel; adapter: boolean };
  /** Null where completions are compared within a prompt (RLOO, GRPO). */
  value: CausalLanguageModel | null;
};

/**
 * How the models lie in memory. The numbers of a run do not depend on it but for rounding.
 *
 * - `adapters`: one frozen base. The reference is the base with the adapter off (or, where a run goes on training an
 *   adapter, with that adapter as it was found); the value model has an adapter and a head of its own, so that what it
 *   learns does not disturb the policy.
 * - `separate`: each model has weights of its own. Needed where all weights train.
 */
export async function* loadFourModels(
  run: RecipeRun<"ppo">,
  config: PpoConfig,
  { model: policy, files }: Policy,
): AsyncGenerator<RunEvent, FourModels> {
  const { scope } = run;
  const needsValue = config.advantageEstimator === "gae";
  // Values begin at 0: a random head would call some prompts good before anything is known.
  const head = () => new Float32Array(policy.config.hiddenSize);
  if (config.memoryMode === "adapters") {
    const value = needsValue
      ? scope.own(shareModel(policy, { name: "value", rewardHead: head(), trainRewardHead: true }))
      : null;
    value?.addAdapter({ ...(policy.lora as LoraConfig), seed: config.seed + 1 });
    if (!files.adapter) return { policy, reference: { model: policy, adapter: false }, value };
    const reference = scope.own(shareModel(policy, { name: "reference" }));
    reference.loadAdapter(files.adapter, files.source.path);
    return { policy, reference: { model: reference, adapter: true }, value };
  }
  const load = () =>
    yieldProgress("loading", (onProgress) =>
      config.adapter === undefined
        ? loadModelFiles(config.model, { onProgress, signal: run.signal })
        : loadModelFiles(config.adapter, { adapterBase: config.model, onProgress, signal: run.signal }),
    );
  const referenceFiles = yield* load();
  const reference = scope.own(createModel(referenceFiles.config, referenceFiles.tensors, { name: "reference" }));
  if (referenceFiles.adapter) {
    reference.loadAdapter(referenceFiles.adapter, referenceFiles.source.path);
    reference.mergeAdapter();
  }
  if (!needsValue) return { policy, reference: { model: reference, adapter: false }, value: null };
  const value = scope.own(createValueModel(yield* load(), head(), policy.lora, config.seed + 1));
  return { policy, reference: { model: reference, adapter: false }, value };
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
