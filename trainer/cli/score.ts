import { invalidDataset } from "../data/dataset-source";
import { loadBackend } from "../engine/backend";
import { loadRewardModels, summariseMembers } from "../evaluation/load-reward-models";
import { type ScoredSequence, scoreRewards, scoreSequences, sequenceProblem } from "../evaluation/score-sequences";
import { readEnsemble } from "../file-formats/ensemble-folder";
import { type LoadedModel, type LoadModelOptions, loadModel } from "../models/load-model";
import { locateModel } from "../models/load-model-files";
import { describeRefusal, orRefusal } from "../tokenizer/text-refusal";
import { tokenizeExample } from "../tokenizer/tokenize-example";
import { controlTokenNotes, type InputLine, type ModelInput, readModelInput } from "./model-input";
import { mapLines } from "./skip-bad-rows";

export interface ScoreCommand extends Pick<LoadModelOptions, "adapter" | "onProgress" | "signal"> {
  model: string;
  /** A file of `{ids}` or of prompts and completions, in any format that training reads. */
  input: string;
  /** Whether rows with a fault are left out and noted; each line of output then names the row that it scores. */
  skipBadRows?: boolean;
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
export async function score(command: ScoreCommand): Promise<void> {
  const { model: ref, input, write, note, skipBadRows = false, ...options } = command;
  const read = await readModelInput(input, { completion: true, skipBadRows });
  await loadBackend();
  const members = await readEnsemble(options.adapter ?? (await locateModel(ref, options)).path);
  if (members) return scoreWithEnsemble(command, read);
  const loaded = await loadModel(ref, { ...options, name: "scored", mergeAdapter: true });
  for (const notice of loaded.notices) note?.(notice);
  try {
    const { lines, sequences } = toSequences(loaded, read, skipBadRows);
    for (const { message } of read.notes.warnings(loaded.chatTemplate)) note?.(message);
    for (const message of controlTokenNotes(lines, loaded.tokenizer)) note?.(message);
    const writeAll = (scores: readonly object[]) =>
      scores.forEach((result, index) => {
        write(JSON.stringify({ ...rowOf(lines[index], skipBadRows), ...result }));
      });
    if (loaded.model.hasRewardHead) {
      writeAll((await scoreRewards(loaded.model, sequences)).map((reward) => ({ reward })));
    } else {
      writeAll((await scoreSequences(loaded.model, sequences)).map((logProbs) => ({ logProbs })));
    }
  } finally {
    loaded.model.dispose();
  }
}

async function scoreWithEnsemble(
  { model, adapter, write, note, skipBadRows = false, ...options }: ScoreCommand,
  read: ModelInput,
): Promise<void> {
  const models = await loadRewardModels([{ model, ...(adapter !== undefined && { adapter }) }], options);
  try {
    const { lines, sequences } = toSequences(models.first, read, skipBadRows);
    for (const { message } of read.notes.warnings(models.first.chatTemplate)) note?.(message);
    for (const message of controlTokenNotes(lines, models.first.tokenizer)) note?.(message);
    const scores = await models.scoreSequences(sequences);
    lines.forEach((line, index) => {
      const members = scores.map((ofMember) => ofMember[index] as number);
      const { mean, min, std } = summariseMembers(members);
      write(JSON.stringify({ ...rowOf(line, skipBadRows), reward: mean, members, min, std }));
    });
  } finally {
    models.dispose();
  }
}

function toSequences(loaded: LoadedModel, { lines: read, notes }: ModelInput, skipBadRows: boolean) {
  const { lines, made: sequences } = mapLines(read, (line) => toSequence(loaded, line), notes, skipBadRows);
  return { lines, sequences };
}

/** With rows left out, the order alone does not say which row a line of output belongs to. */
const rowOf = (line: InputLine | undefined, skipBadRows: boolean): { row?: string } =>
  skipBadRows && line ? { row: line.at } : {};

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
