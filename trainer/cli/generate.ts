import { DomainError } from "@/domain/errors";
import { invalidDataset } from "../data/dataset-source";
import { loadBackend } from "../engine/backend";
import { loadRewardModels } from "../evaluation/load-reward-models";
import { sequenceProblem } from "../evaluation/score-sequences";
import { generateAll } from "../generation/generate";
import type { GenerationOptions } from "../generation/types";
import { type LoadedModel, type LoadModelOptions, loadModel, stopTokenIds } from "../models/load-model";
import { describeRefusal, orRefusal } from "../tokenizer/text-refusal";
import { tokenizePrompt } from "../tokenizer/tokenize-example";
import { controlTokenNotes, type InputLine, readModelInput } from "./model-input";
import { mapLines } from "./skip-bad-rows";

export interface GenerateCommand
  extends Pick<LoadModelOptions, "adapter" | "onProgress" | "signal">,
    Pick<GenerationOptions, "greedy" | "temperature" | "topP" | "samples" | "seed"> {
  model: string;
  /** A file of `{ids}` or of prompts, in any format that training reads. */
  input: string;
  /** The largest number of new tokens; default 256. */
  maxTokens?: number;
  /**
   * Number of completions to write of each prompt, of which only the one that `rewardModel` scores highest is given.
   */
  bestOf?: number;
  rewardModel?: string;
  /** Whether rows with a fault are left out and noted; each line of output then names the row that it answers. */
  skipBadRows?: boolean;
  /** Takes one line of output, without its line end. */
  write: (line: string) => void;
  /** Takes one sentence that the user of the model should know. */
  note?: (line: string) => void;
}

/**
 * `generate` writes, for each line of the input in order, `samples` lines: `{"ids": [new tokens, end of turn included],
 * "text", "sample"}`, with `"finished": false` if the token limit (or the end of the model's context) cut the
 * completion. Nothing is written before all completions are generated. With `bestOf` it writes one line for each input
 * line, with the completion's `"reward"`.
 */
export async function generate({ model: ref, input, write, ...options }: GenerateCommand): Promise<void> {
  const { adapter, onProgress, signal, note, maxTokens = 256, bestOf, rewardModel, ...others } = options;
  const { skipBadRows = false, ...sampling } = others;
  checkBestOf(options);
  const { lines: read, notes } = await readModelInput(input, { completion: false, skipBadRows });
  await loadBackend();
  const loaded = await loadModel(ref, {
    name: "generating",
    mergeAdapter: true,
    ...(adapter !== undefined && { adapter }),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  for (const notice of loaded.notices) note?.(notice);
  try {
    if (loaded.model.hasRewardHead) {
      throw new DomainError(
        "model-writes-no-text",
        `${ref}: is a reward model, which scores completions and writes none; give a language model with --model`,
      );
    }
    if (bestOf !== undefined) requirePrompts(read);
    const toRequest = (line: InputLine) => ({ promptIds: toPromptIds(loaded, line) });
    const { lines, made: requests } = mapLines(read, toRequest, notes, skipBadRows);
    for (const { message } of notes.warnings(loaded.chatTemplate)) note?.(message);
    for (const message of controlTokenNotes(lines, loaded.tokenizer)) note?.(message);
    const completions = await generateAll(loaded.model, requests, {
      ...sampling,
      ...(bestOf !== undefined && { samples: bestOf }),
      maxTokens,
      stopIds: stopTokenIds(loaded),
      ...(signal && { signal }),
    });
    const written = completions.map(({ prompt, ids, sample, finish }): Written => {
      const text = loaded.tokenizer.decode(ids, { skipSpecialTokens: true });
      const row = skipBadRows ? { row: lines[prompt]?.at ?? "" } : {};
      return { prompt, line: { ...row, ids, text, sample, ...(finish !== "stop" && { finished: false }) } };
    });
    const chosen = rewardModel === undefined ? written : await chooseBest(written, lines, rewardModel, options);
    for (const { line } of chosen) write(JSON.stringify(line));
  } finally {
    loaded.model.dispose();
  }
}

type Written = {
  prompt: number;
  line: { row?: string; ids: number[]; text: string; sample: number; finished?: false; reward?: number };
};

/**
 * Best-of-n sampling (Stiennon et al. 2020, arXiv 2009.01325): keeps of each prompt's completions the one that scores
 * highest.
 */
async function chooseBest(
  written: readonly Written[],
  lines: readonly InputLine[],
  rewardModel: string,
  { onProgress, signal }: Pick<LoadModelOptions, "onProgress" | "signal">,
): Promise<Written[]> {
  const models = await loadRewardModels([rewardModel], {
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  try {
    const examples = written.map(({ prompt, line }) => {
      const input = lines[prompt] as Extract<InputLine, { prompt: unknown }>;
      const completion = [{ role: "assistant" as const, content: line.text }];
      return { prompt: input.prompt, completion, finished: line.finished ?? true };
    });
    const members = await models.score(examples);
    // An ensemble's reward is the mean of its members' rewards.
    const rewardOf = (index: number) =>
      members.reduce((sum, scores) => sum + (scores[index] as number), 0) / members.length;
    const best = new Map<number, Written>();
    written.forEach(({ prompt, line }, index) => {
      const reward = rewardOf(index);
      if (reward > (best.get(prompt)?.line.reward ?? Number.NEGATIVE_INFINITY)) {
        best.set(prompt, { prompt, line: { ...line, reward } });
      }
    });
    return [...best.values()];
  } finally {
    models.dispose();
  }
}

function checkBestOf({ bestOf, rewardModel, samples, greedy }: Partial<GenerateCommand>): void {
  if (bestOf === undefined && rewardModel === undefined) return;
  const refuse = (message: string) => new DomainError("options-invalid", message);
  if (bestOf === undefined) throw refuse("--reward-model: needs --best-of N, the number of completions to choose from");
  if (rewardModel === undefined) throw refuse("--best-of: needs --reward-model M, which chooses the completion");
  if (samples !== undefined && samples !== 1) throw refuse("--best-of: can't be combined with --samples");
  if (greedy) throw refuse("--best-of: can't be combined with --greedy, which makes all completions equal");
}

function requirePrompts(lines: readonly InputLine[]): void {
  const ids = lines.find((line) => "ids" in line);
  if (ids) throw invalidDataset(`${ids.at}: ids: --best-of needs prompt, which a reward model can read`);
}

function toPromptIds(loaded: LoadedModel, line: InputLine): number[] {
  const isIds = "ids" in line;
  const at = `${line.at}: ${isIds ? "ids" : "prompt"}`;
  const { result: promptIds, refusal } = orRefusal(() => (isIds ? line.ids : tokenizePrompt(loaded, line.prompt)));
  if (refusal) throw invalidDataset(`${at}: ${describeRefusal(refusal)}`);
  const problem = sequenceProblem(loaded.model, promptIds);
  if (problem) throw invalidDataset(`${at}: ${problem}`);
  if (promptIds.length === loaded.model.config.maxPositions) {
    throw invalidDataset(
      `${at}: ${promptIds.length} tokens fill the model's context and leave no room for a completion; shorten the prompt`,
    );
  }
  return promptIds;
}
