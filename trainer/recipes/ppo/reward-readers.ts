import type { Message } from "@/domain/messages";
import { sequenceProblem } from "../../evaluation/score-sequences";
import { readEnsemble } from "../../file-formats/ensemble-folder";
import type { ModelConfig } from "../../models/config";
import { openModelFiles } from "../../models/load-model-files";
import { describeRefusal, orRefusal } from "../../tokenizer/text-refusal";
import { type Chat, tokenizeExample } from "../../tokenizer/tokenize-example";

/** The parts of a reward model that decide how it reads a text. */
export type RewardReader = { chat: Chat; config: ModelConfig; name: string };

/** A completion of a prompt, and whether it reached its end of turn. */
type Readable = { prompt: { prompt: readonly Message[] }; text: string; ended: boolean };

/** Opens what reads texts of the reward models, ensembles member by member, without their weights. */
export async function openRewardReaders(paths: readonly string[], signal: AbortSignal): Promise<RewardReader[]> {
  const readers: RewardReader[] = [];
  for (const path of paths) {
    for (const name of (await readEnsemble(path)) ?? [path]) {
      const { tokenizer, chatTemplate, config, tensors } = await openModelFiles(name, { signal });
      await tensors.close();
      readers.push({ chat: { tokenizer, chatTemplate }, config, name });
    }
  }
  return readers;
}

/** Says why one of the reward models can't read a completion; null if all of them can. */
export function refusalBy(readers: readonly RewardReader[], sample: Readable): string | null {
  for (const reader of readers) {
    const { refusal } = readSample(reader, sample);
    if (refusal !== null) return `${reader.name}: ${refusal}`;
  }
  return null;
}

/** Writes a prompt and its completion as the tokens that a reward model reads, or says why they can't be written. */
export function readSample(
  { chat, config }: Pick<RewardReader, "chat" | "config">,
  { prompt, text, ended }: Readable,
): { ids: number[]; refusal: null } | { ids: null; refusal: string } {
  const completion = [{ role: "assistant" as const, content: text }];
  const { result, refusal } = orRefusal(() =>
    tokenizeExample(chat, { prompt: prompt.prompt, completion, finished: ended }),
  );
  if (refusal) return { ids: null, refusal: describeRefusal(refusal) };
  const ids = [...result.promptIds, ...result.completionIds];
  const problem = sequenceProblem({ config }, ids);
  return problem === null ? { ids, refusal: null } : { ids: null, refusal: problem };
}
