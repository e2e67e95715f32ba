import { DomainError } from "@/domain/errors";
import { type Adapter, readAdapter } from "../file-formats/adapter";
import { readEnsemble } from "../file-formats/ensemble-folder";
import { type LoadedModel, type LoadModelOptions, loadModel } from "../models/load-model";
import { locateModel } from "../models/load-model-files";
import { describeRefusal, orRefusal } from "../tokenizer/text-refusal";
import { type ChatExample, tokenizeExample } from "../tokenizer/tokenize-example";
import { type ScoredSequence, scoreRewards, sequenceProblem } from "./score-sequences";

/**
 * Told the number of scores given and their total, over all members. It is waited for, and an error that it throws ends
 * the scoring.
 */
export type Progress = (done: number, total: number) => void | Promise<void>;

/** One or more reward models that score together. */
export type RewardModels = {
  /** Number of members: each reward model counts, and each member of an ensemble. */
  members: number;
  /** Each member's score of each sequence: [members][sequences]. All members must share the first one's tokens. */
  scoreSequences(sequences: readonly ScoredSequence[]): Promise<number[][]>;
  /** Each member's score of each example, written in the member's own chat template and tokens: [members][examples]. */
  score(examples: readonly ChatExample[], onProgress?: Progress): Promise<number[][]>;
  /** Says what keeps an example from being scored; null if nothing does. */
  problemOf(example: ChatExample): string | null;
  /** The first reward model, with its tokenizer and template. */
  first: LoadedModel;
  dispose(): void;
};

/** The place of a reward model: any name that `loadModel` takes, or an ensemble's folder. */
export type RewardModelReference = string | { model: string; adapter?: string };

type Scorer = {
  loaded: LoadedModel;
  /**
   * The member's adapters, put on one after the other; empty for a model without an adapter, or with a single one,
   * which is merged.
   */
  adapters: { adapter: Adapter; source: string }[];
};

/**
 * Loads reward models to score with. An ensemble of adapters costs one base in memory: its members take turns on it.
 * `loadBackend()` must have been called.
 *
 * @throws DomainError if one can't be loaded or is no reward model; nothing stays loaded then
 */
export async function loadRewardModels(
  references: readonly RewardModelReference[],
  options: Pick<LoadModelOptions, "name" | "onProgress" | "signal" | "relativeTo"> = {},
): Promise<RewardModels> {
  const scorers: Scorer[] = [];
  // Scorings wait for one another, because two at once would change one another's adapter.
  let before: Promise<unknown> = Promise.resolve();
  const alone = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = before.then(work);
    before = result.catch(() => undefined); // its own caller gets its failure
    return result;
  };
  const dispose = () => {
    for (const { loaded } of scorers) loaded.model.dispose();
  };
  try {
    for (const reference of references) scorers.push(...(await loadScorers(reference, options)));
    const [first] = scorers;
    if (!first) throw new DomainError("reward-missing", "There is no reward model to score with.");
    return {
      members: membersOf(scorers),
      scoreSequences: (sequences) => alone(() => inTurn(scorers, () => sequences)),
      score: (examples, onProgress) => {
        const sequencesOf = ({ loaded }: Scorer) => examples.map((example) => tokenizeExample(loaded, example));
        return alone(() => inTurn(scorers, sequencesOf, onProgress));
      },
      problemOf: (example) => problemOf(scorers, example),
      first: first.loaded,
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function loadScorers(reference: RewardModelReference, options: LoadModelOptions): Promise<Scorer[]> {
  const { model, adapter } = typeof reference === "string" ? { model: reference } : reference;
  const folder = adapter ?? (await locateModel(model, options)).path;
  const members = await readEnsemble(folder);
  const name = options.name ?? "reward";
  if (!members) {
    const loaded = await loadModel(model, { ...options, name, mergeAdapter: true, ...(adapter && { adapter }) });
    return [{ loaded: requireHead(loaded, folder), adapters: [] }];
  }
  const [first = folder, ...others] = members;
  const loaded = requireHead(
    await loadModel(adapter ? model : first, { ...options, name, ...(adapter && { adapter: first }) }),
    folder,
  );
  if (loaded.model.lora) {
    const adapters = [];
    for (const source of members) adapters.push({ adapter: await readAdapter(source), source });
    return [{ loaded, adapters }];
  }
  const scorers: Scorer[] = [{ loaded, adapters: [] }];
  try {
    for (const member of others) {
      scorers.push({ loaded: requireHead(await loadModel(member, { ...options, name }), member), adapters: [] });
    }
  } catch (error) {
    for (const scorer of scorers) scorer.loaded.model.dispose();
    throw error;
  }
  return scorers;
}

function requireHead(loaded: LoadedModel, place: string): LoadedModel {
  if (loaded.model.hasRewardHead) return loaded;
  loaded.model.dispose();
  throw new DomainError("model-scores-nothing", `${place}: it has no reward head, so it scores nothing`);
}

const membersOf = (scorers: readonly Scorer[]) =>
  scorers.reduce((sum, { adapters }) => sum + Math.max(1, adapters.length), 0);

async function inTurn(
  scorers: readonly Scorer[],
  sequencesOf: (scorer: Scorer) => readonly ScoredSequence[],
  onProgress?: Progress,
): Promise<number[][]> {
  const scores: number[][] = [];
  const members = membersOf(scorers);
  const scoreWith = async ({ model }: LoadedModel, sequences: readonly ScoredSequence[]) => {
    const before = scores.length * sequences.length;
    const report = (done: number) => onProgress?.(before + done, members * sequences.length);
    scores.push(await scoreRewards(model, sequences, { onProgress: report }));
  };
  for (const scorer of scorers) {
    const { model } = scorer.loaded;
    const sequences = sequencesOf(scorer);
    if (scorer.adapters.length === 0) await scoreWith(scorer.loaded, sequences);
    for (const { adapter, source } of scorer.adapters) {
      model.removeAdapter();
      model.loadAdapter(adapter, source);
      await scoreWith(scorer.loaded, sequences);
    }
  }
  return scores;
}

function problemOf(scorers: readonly Scorer[], example: ChatExample): string | null {
  for (const { loaded } of scorers) {
    const { result, refusal } = orRefusal(() => tokenizeExample(loaded, example));
    if (refusal) return describeRefusal(refusal);
    const problem = sequenceProblem(loaded.model, [...result.promptIds, ...result.completionIds]);
    if (problem) return problem;
  }
  return null;
}

/** Mean, least and standard deviation (of the population) of the members' scores of one completion. */
export function summariseMembers(scores: readonly number[]): { mean: number; min: number; std: number } {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length;
  return { mean, min: Math.min(...scores), std: Math.sqrt(variance) };
}
