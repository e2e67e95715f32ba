import { invalidDataset } from "../data/jsonl-lines";
import { loadBackend } from "../engine/backend";
import { sequenceProblem } from "../evaluation/score-sequences";
import { generateAll } from "../generation/generate";
import type { GenerationOptions } from "../generation/types";
import { type LoadedModel, type LoadModelOptions, loadModel, stopTokenIds } from "../models/load-model";
import { tokenizePrompt } from "../tokenizer/tokenize-example";
import { type InputLine, readModelInput } from "./model-input";

export interface GenerateCommand
  extends Pick<LoadModelOptions, "adapter" | "onProgress" | "signal">,
    Pick<GenerationOptions, "greedy" | "temperature" | "topP" | "samples" | "seed"> {
  model: string;
  /** JSONL: `{ids}` or `{prompt}` a line. */
  input: string;
  /** Default 256. */
  maxTokens?: number;
  /** Takes one line of output, without its line end. */
  write: (line: string) => void;
}

/**
 * `generate`: for each line in, in order, `samples` lines out: `{"ids": [new tokens, end of turn included], "text",
 * "sample"}`. Nothing is written before all is generated.
 */
export async function generate({ model: ref, input, write, ...options }: GenerateCommand): Promise<void> {
  const { adapter, onProgress, signal, maxTokens = 256, ...sampling } = options;
  const lines = await readModelInput(input, { completion: false });
  await loadBackend();
  const loaded = await loadModel(ref, {
    name: "generating",
    mergeAdapter: true,
    ...(adapter !== undefined && { adapter }),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  try {
    const requests = lines.map((line) => ({ promptIds: toPromptIds(loaded, line) }));
    const completions = await generateAll(loaded.model, requests, {
      ...sampling,
      maxTokens,
      stopIds: stopTokenIds(loaded),
      ...(signal && { signal }),
    });
    for (const { ids, sample } of completions) {
      write(JSON.stringify({ ids, text: loaded.tokenizer.decode(ids, { skipSpecialTokens: true }), sample }));
    }
  } finally {
    loaded.model.dispose();
  }
}

function toPromptIds(loaded: LoadedModel, line: InputLine): number[] {
  const isIds = "ids" in line;
  const promptIds = isIds ? line.ids : tokenizePrompt(loaded, line.prompt);
  const at = `${line.at}: ${isIds ? "ids" : "prompt"}`;
  const problem = sequenceProblem(loaded.model, promptIds);
  if (problem) throw invalidDataset(`${at}: ${problem}`);
  if (promptIds.length === loaded.model.config.maxPositions) {
    throw invalidDataset(`${at}: ${promptIds.length} tokens fill the model's context; no room for a completion`);
  }
  return promptIds;
}
