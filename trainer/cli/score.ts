import { invalidDataset } from "../data/dataset-source";
import { loadBackend } from "../engine/backend";
import { loadRewardModels, summariseMembers } from "../evaluation/load-reward-models";
import { type ScoredSequence, scoreRewards, scoreSequences, sequenceProblem } from "../evaluation/score-sequences";
import { readEnsemble } from "../file-formats/ensemble-folder";
import { type LoadedModel, type LoadModelOptions, loadModel } from "../models/load-model";
import { locateModel } from "../models/load-model-files";
import { describeRefusal, orRefusal } from "../tokenizer/text-refusal";
import { tokenizeExample } from "../tokenizer/tokenize-example";
import { type InputLine, type ModelInput, readModelInput } from "./model-input";

export interface ScoreCommand extends Pick<LoadModelOptions, "adapter" | "onProgress" | "signal"> {
  model: string;
  /** A file of `{ids}` or of prompts and completions, in any format that training reads. */
  input: string;
  /** Takes one line of output, without its line end. */
  write: (line: string) => void;
  /** Takes one sentence that the user of the model should know. */
  note?: (line: string) => void;
}

/**
 * `score` writes one line for each line of the input, in order: `{"logProbs": […]}` (of each id after the first, or of
 * the completion's tokens), or `{"reward": x}` for a reward model. An ensemble's reward is the mean, and its line also
 * has `members`, `min` and `std`. Nothing is written before every line has been checked.
 */
export async function score({ model: ref, input, write, note, ...options }: ScoreCommand): Promise<void> {
  const { lines, notes } = await readModelInput(input, { completion: true });
  await loadBackend();
  const members = await readEnsemble(options.adapter ?? (await locateModel(ref, options)).path);
  if (members)
    return scoreWithEnsemble({ model: ref, input, write, ...(note && { note }), ...options }, { lines, notes });
  const loaded = await loadModel(ref, { ...options, name: "scored", mergeAdapter: true });
  for (const notice of loaded.notices) note?.(notice);
  for (const { message } of notes.warnings(loaded.chatTemplate)) note?.(message);
  try {
    const sequences = lines.map((line) => toSequence(loaded, line));
    if (loaded.model.hasRewardHead) {
      for (const reward of await scoreRewards(loaded.model, sequences)) write(JSON.stringify({ reward }));
    } else {
      for (const logProbs of await scoreSequences(loaded.model, sequences)) write(JSON.stringify({ logProbs }));
    }
  } finally {
    loaded.model.dispose();
  }
}

async function scoreWithEnsemble(
  { model, adapter, write, note, ...options }: ScoreCommand,
  { lines, notes }: ModelInput,
): Promise<void> {
  const models = await loadRewardModels([{ model, ...(adapter !== undefined && { adapter }) }], options);
  for (const { message } of notes.warnings(models.first.chatTemplate)) note?.(message);
  try {
    const scores = await models.scoreSequences(lines.map((line) => toSequence(models.first, line)));
    lines.forEach((_, index) => {
      const members = scores.map((ofMember) => ofMember[index] as number);
      const { mean, min, std } = summariseMembers(members);
      write(JSON.stringify({ reward: mean, members, min, std }));
    });
  } finally {
    models.dispose();
  }
}

function toSequence(loaded: LoadedModel, line: InputLine): ScoredSequence {
  const isIds = "ids" in line;
  const { result: sequence, refusal } = orRefusal(() =>
    isIds
      ? { promptIds: line.ids.slice(0, 1), completionIds: line.ids.slice(1) }
      : tokenizeExample(loaded, { ...line, completion: line.completion ?? [] }),
  );
  if (refusal) throw invalidDataset(`${line.at}: prompt and completion: ${describeRefusal(refusal)}`);
  const problem = sequenceProblem(loaded.model, [...sequence.promptIds, ...sequence.completionIds]);
  if (problem) throw invalidDataset(`${line.at}: ${isIds ? "ids" : "prompt and completion"}: ${problem}`);
  return sequence;
}
