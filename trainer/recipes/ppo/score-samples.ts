import * as tf from "@tensorflow/tfjs";
import { DomainError } from "@/domain/errors";
import type { PpoConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { readEnsemble } from "../../checkpoints/ensemble-folder";
import { compile } from "../../engine/compile";
import { sequenceProblem } from "../../evaluation/score-sequences";
import { loadModelFiles } from "../../models/load-model-files";
import {
  packedTensorCount,
  packedTensorList,
  packedTensorsFrom,
  packRows,
  toPackedTensors,
} from "../../models/packing";
import { createModel, shareModel } from "../../models/transformer-model";
import type { CausalLanguageModel } from "../../models/types";
import { createRewardFunctions } from "../../rewards/create-reward-functions";
import { type Chat, tokenizeExample } from "../../tokenizer/tokenize-example";
import { callOnce } from "../gradient-function";
import type { Policy } from "../policy";
import type { RecipeRun } from "../recipe";
import { REWARD_HEAD } from "../reward-head";
import { breathe } from "../run-stopped";
import { yieldProgress } from "../yield-progress";
import type { Sample } from "./rollout";
import { combineScores } from "./shape-scores";

/** Raw scores of completions, one each, before normalisation and penalties. */
export type Scorer = (samples: readonly Sample[], signal: AbortSignal) => Promise<number[]>;

type Model = { model: CausalLanguageModel; adapter: boolean; chat: Chat; name: string };

/**
 * What the completions are scored by: the reward models (an ensemble where there are several) and the reward functions,
 * added. In `adapters` mode a reward model that is an adapter of the policy's base shares its weights.
 */
export async function* createScorer(
  run: RecipeRun<"ppo">,
  config: PpoConfig,
  policy: Policy,
): AsyncGenerator<RunEvent, Scorer> {
  const models: Model[] = [];
  for (const path of config.rewardModels) {
    const members = (await readEnsemble(path)) ?? [path];
    for (const member of members) models.push(yield* loadRewardModel(run, member, config, policy));
  }
  const scorers = models.map((model) => modelScorer(run, model, config.microBatchSize));
  const functions = await createRewardFunctions(config.rewardFunctions, { trustModules: run.trustModules ?? false });
  return async (samples, signal) => {
    const byModel: number[][] = [];
    for (const score of scorers) byModel.push(await score(samples, signal));
    const scores: number[] = [];
    for (const [index, { prompt, text, ids, ended }] of samples.entries()) {
      const learned = byModel.map((values) => values[index] as number);
      const computed = await functions?.({
        prompt: prompt.prompt,
        completion: text,
        tokens: ids.length,
        ended,
        answer: prompt.answer,
      });
      scores.push((learned.length > 0 ? combineScores(learned, config) : 0) + (computed ?? 0));
    }
    return scores;
  };
}

async function* loadRewardModel(
  run: RecipeRun<"ppo">,
  path: string,
  config: PpoConfig,
  policy: Policy,
): AsyncGenerator<RunEvent, Model> {
  const files = yield* yieldProgress("loading", (onProgress) =>
    loadModelFiles(path, { onProgress, signal: run.signal }),
  );
  if (!files.config.rewardHead) {
    const message = `rewardModels: ${path} is a language model, not a reward model; train one with method "reward"`;
    throw new DomainError("run-config-invalid", message);
  }
  const chat = { tokenizer: files.tokenizer, chatTemplate: files.chatTemplate };
  const { adapter } = files;
  const head = files.tensors.get(REWARD_HEAD)?.data;
  const isOnPolicysBase = adapter && policy.files.source.reference === adapter.baseModel;
  if (config.memoryMode === "adapters" && isOnPolicysBase && head) {
    files.tensors.clear();
    const model = run.scope.own(shareModel(policy.model, { name: "reward", rewardHead: Float32Array.from(head) }));
    model.loadAdapter(adapter, path);
    return { model, adapter: true, chat, name: path };
  }
  const model = run.scope.own(createModel(files.config, files.tensors, { name: "reward", source: files.source.path }));
  if (adapter) {
    model.loadAdapter(adapter, path);
    model.mergeAdapter();
  }
  return { model, adapter: false, chat, name: path };
}

/**
 * Scores of the full template rendering, what the template writes after the end of turn included, read at the last
 * token: as the reward model was trained.
 */
function modelScorer({ scope }: RecipeRun<"ppo">, { model, adapter, chat, name }: Model, slots: number): Scorer {
  const compiled = scope.own(
    compile(`${model.name} scores`, (...packed) => {
      const hidden = model.hiddenStates(packedTensorsFrom(packed), { adapter });
      return [model.rewards(hidden, packed[packedTensorCount] as tf.Tensor1D)];
    }),
  );
  return async (samples, signal) => {
    const sequences = samples.map(({ prompt, text }) => {
      const completion = [{ role: "assistant" as const, content: text }];
      const { promptIds, completionIds } = tokenizeExample(chat, { prompt: prompt.prompt, completion });
      const ids = [...promptIds, ...completionIds];
      const problem = sequenceProblem(model, ids);
      if (problem) throw new DomainError("run-config-invalid", `rewardModels: ${name}: ${prompt.place}: ${problem}`);
      return ids;
    });
    const scores = new Array<number>(samples.length).fill(0);
    const order = sequences.map((_, index) => index);
    order.sort((a, b) => (sequences[b] as number[]).length - (sequences[a] as number[]).length || a - b);
    for (let start = 0; start < order.length; start += slots) {
      await breathe(signal);
      const some = order.slice(start, start + slots);
      const batch = packRows(
        some.map((index) => ({ ids: sequences[index] as number[] })),
        { rows: slots },
      );
      const last = new Int32Array(slots).fill(batch.tokens - 1);
      some.forEach((_, row) => {
        last[row] = (batch.offsets[row] as number) + (batch.lengths[row] as number) - 1;
      });
      const args = [...packedTensorList(toPackedTensors(batch)), tf.tensor1d(last, "int32")];
      const [values] = callOnce((all) => compiled(...all), args) as [tf.Tensor];
      const data = values.dataSync();
      values.dispose();
      some.forEach((index, row) => {
        scores[index] = data[row] as number;
      });
    }
    return scores;
  };
}
