import * as tf from "@tensorflow/tfjs";
import { DomainError } from "@/domain/errors";
import type { PpoConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { callOnce, compileNamed, type NamedFunction } from "../../engine/compile-named";
import { readEnsemble } from "../../file-formats/ensemble-folder";
import { loadModelFiles } from "../../models/load-model-files";
import { packRows, toPackedTensors } from "../../models/packing";
import { createModel, shareModel } from "../../models/transformer-model";
import { createRewardFunctions } from "../../rewards/create-reward-functions";
import type { PackedTexts } from "../pack-rewards";
import type { Policy } from "../policy";
import type { RecipeRun } from "../recipe";
import { REWARD_HEAD } from "../reward-head";
import { breathe } from "../run-stopped";
import { yieldProgress } from "../yield-progress";
import { type RewardReader, readSample, refusalBy } from "./reward-readers";
import type { Sample } from "./rollout";
import { type Network, type Present, Seat } from "./seat";
import { combineScores } from "./shape-scores";

/** Scores completions, before normalisation and penalties. */
export type Scorer = {
  /** Says why one of the reward models can't read a completion; null if all of them can. */
  refusal(sample: Pick<Sample, "prompt" | "text" | "ended">): string | null;
  /** Gives one score for each completion, none of which is refused. */
  score(samples: readonly Sample[], signal: AbortSignal): Promise<number[]>;
};

type ScoreTexts = NamedFunction<PackedTexts, { scores: tf.Tensor1D }>;
type Model = RewardReader & { seat: Seat<ScoreTexts> };

/**
 * Makes the scorer of completions: the reward models (combined as an ensemble if there are several) and the reward
 * functions, added. In `adapters` mode a reward model that is an adapter of the policy's base shares its weights.
 */
export async function* createScorer(
  run: RecipeRun<"ppo">,
  config: PpoConfig,
  policy: Policy,
  folder: string | null,
): AsyncGenerator<RunEvent, Scorer> {
  const models: Model[] = [];
  for (const path of config.rewardModels) {
    const members = (await readEnsemble(path)) ?? [path];
    for (const member of members) models.push(yield* findRewardModel(run, member, config, policy, folder));
  }
  const scorers = models.map((model) => modelScorer(model, config.microBatchSize));
  const functions = await createRewardFunctions(config.rewardFunctions, { trustModules: run.trustModules ?? false });
  const score: Scorer["score"] = async (samples, signal) => {
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
  return { refusal: (sample) => refusalBy(models, sample), score };
}

async function* findRewardModel(
  run: RecipeRun<"ppo">,
  path: string,
  config: PpoConfig,
  policy: Policy,
  folder: string | null,
): AsyncGenerator<RunEvent, Model> {
  // The tensors stay in their files until they are asked for.
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
  const shared = config.memoryMode === "adapters" && isOnPolicysBase && head ? { adapter, head } : null;
  const network: Network<ScoreTexts> = {
    role: "reward",
    async load(scope) {
      if (shared) {
        const rewardHead = Float32Array.from(shared.head);
        const model = scope.own(shareModel(policy.model, { name: "reward", rewardHead }));
        model.loadAdapter(shared.adapter, path);
        return model;
      }
      const { config, tensors, source, adapter } = await loadModelFiles(path, { signal: run.signal });
      const model = scope.own(createModel(config, tensors, { name: "reward", source: source.path }));
      if (adapter) {
        model.loadAdapter(adapter, path);
        model.mergeAdapter();
      }
      return model;
    },
    build: (model, scope) =>
      scope.own(
        compileNamed(`${model.name} scores`, (texts: PackedTexts) => ({
          scores: model.rewards(model.hiddenStates(texts, { adapter: shared !== null, at: texts.at })),
        })),
      ),
  };
  const seat = new Seat(network, folder, run);
  await seat.prepare();
  return { seat, chat, config: files.config, name: path };
}

/**
 * Scores the full template rendering, including what the template writes after the end of turn, read at the last token,
 * as the reward model was trained. A completion that did not end is scored at its last token of text: an end of turn
 * that the policy never wrote must earn it nothing.
 */
function modelScorer({ seat, name, ...reads }: Model, slots: number): Scorer["score"] {
  const scoreAll = async (
    { tools: compiled }: Present<ScoreTexts>,
    samples: readonly Sample[],
    signal: AbortSignal,
  ): Promise<number[]> => {
    const sequences = samples.map((sample) => {
      const { ids, refusal } = readSample(reads, sample);
      if (ids) return ids;
      throw new Error(`${name}: ${sample.prompt.place}: a refused completion came to be scored: ${refusal}`);
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
      const given = callOnce(compiled, { ...toPackedTensors(batch), at: tf.tensor1d(last, "int32") });
      const data = given.scores.dataSync();
      given.scores.dispose();
      some.forEach((index, row) => {
        scores[index] = data[row] as number;
      });
    }
    return scores;
  };
  return (samples, signal) => seat.use((present) => scoreAll(present, samples, signal));
}
