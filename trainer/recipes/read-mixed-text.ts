import path from "node:path";
import { DomainError } from "@/domain/errors";
import type { ExampleTokens } from "@/domain/runs/estimate-memory";
import type { PpoConfig } from "@/domain/runs/run-config";
import type { Reason, RunWarning } from "@/domain/runs/run-remarks";
import { isFolder } from "../data/dataset-source";
import type { IntakeNotes } from "../data/intake-notes";
import { readDataset } from "../data/read-dataset";
import { type PlainText, readTexts } from "../data/read-texts";
import type { DemonstrationRecord } from "../data/records";
import { orRefusal } from "../tokenizer/text-refusal";
import { type Chat, tokenizeExample } from "../tokenizer/tokenize-example";
import type { LearnedSequence } from "./pack-completions";
import type { RecipeRun } from "./recipe";
import type { TextMix } from "./text-mix";

/** The texts that a run mixes into its updates, in the form that their files have; empty if nothing is mixed in. */
export type MixedRecords = Record<Mixed, (PlainText | DemonstrationRecord)[]>;

type Mixed = "sft" | "auxiliary";

const KEYS = { sft: "sftMixRatio", auxiliary: "auxiliaryCoefficient" } as const;

/**
 * Reads the texts that a run mixes in.
 *
 * @throws DomainError `dataset-invalid` that names the key which asks for the texts, and file, line and key of a fault
 */
export async function readMixedText(
  { dataset, sftMixRatio, sftDataset, auxiliaryCoefficient, auxiliaryDataset }: RecipeRun<"ppo">["config"],
  options: Reading = {},
): Promise<MixedRecords & { notes: IntakeNotes[] }> {
  const notes: IntakeNotes[] = [];
  const read = async (name: Mixed, source: string | undefined) => {
    const reading =
      name === "auxiliary" && source !== undefined
        ? readTexts(source, options)
        : trainDemonstrations(source ?? dataset, options);
    const found = await askedFor(name, reading);
    // What is not read of the run's own dataset is said with its prompts.
    if (source !== undefined) notes.push(found.notes);
    return found.texts;
  };
  const sft = sftMixRatio > 0 ? await read("sft", sftDataset) : [];
  const auxiliary = auxiliaryCoefficient > 0 ? await read("auxiliary", auxiliaryDataset) : [];
  return { sft, auxiliary, notes };
}

type Reading = Pick<RecipeRun, "skipBadRows">;
type Read<Text> = { texts: Text[]; notes: IntakeNotes };

/**
 * Reads the demonstrations that a run over records mixes in: those of `sftDataset`, or its dataset version's own. A
 * file of pairs or ratings has none, whatever its form.
 *
 * @throws DomainError `dataset-invalid` that names the key which asks for them
 */
export async function readSftMix(
  { dataset, sftMixRatio, sftDataset }: { dataset: string; sftMixRatio: number; sftDataset?: string },
  options: Reading = {},
): Promise<{ texts: DemonstrationRecord[]; notes: IntakeNotes[] }> {
  if (sftMixRatio === 0) return { texts: [], notes: [] };
  const read = ({ texts, notes }: Read<DemonstrationRecord>) => ({ texts, notes: [notes] });
  if (sftDataset !== undefined) return read(await askedFor("sft", trainDemonstrations(sftDataset, options)));
  const own = (await isFolder(dataset)) ? await trainDemonstrations(dataset, options).catch(noneOfThis) : null;
  if (own && own.texts.length > 0) return read(own);
  const line = `sftMixRatio: ${path.basename(dataset)} has no demonstrations to mix in; name a file of them in sftDataset. (The likelihood of the preferred completions, which earlier versions weighed by sftMixRatio, is nllCoefficient.)`;
  throw new DomainError("dataset-invalid", line);
}

async function trainDemonstrations(source: string, options: Reading): Promise<Read<DemonstrationRecord>> {
  const { train, notes } = await readDataset("demonstration", source, undefined, options);
  return { texts: train, notes };
}

/** Takes a folder without such a file for one without records; a fault inside of a file is thrown on. */
function noneOfThis(error: unknown): null {
  if (error instanceof DomainError && / the folder has no demonstration/.test(error.message)) return null;
  throw error;
}

async function askedFor<Text>(name: Mixed, reading: Promise<Read<Text>>): Promise<Read<Text>> {
  const own = `${name}Dataset`;
  const read = await reading.catch((error: unknown) => {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError(
      error.code,
      `${KEYS[name]}: ${error.userMessage} (${own} names another source)`,
      undefined,
      error,
    );
  });
  if (read.texts.length > 0) return read;
  throw new DomainError("dataset-invalid", `${KEYS[name]}: there is no text to train on; name some in ${own}`);
}

/**
 * Prepares the texts as the policy reads them, and the number of them that a step takes.
 *
 * @throws DomainError `dataset-invalid` if none is left
 */
export function tokenizeMixedText(
  records: MixedRecords,
  chat: Chat,
  config: Pick<PpoConfig, "minibatchSize" | "microBatchSize" | "sftMixRatio" | "auxiliaryCoefficient">,
  maxLength: number,
): { mixes: TextMix[]; reasons: Reason[]; warnings: RunWarning[] } {
  const reasons: Reason[] = [];
  const warnings: RunWarning[] = [];
  const { minibatchSize, microBatchSize, sftMixRatio, auxiliaryCoefficient } = config;
  const amounts = {
    sft: { weight: sftMixRatio, size: Math.max(1, Math.round(sftMixRatio * minibatchSize)) },
    auxiliary: { weight: auxiliaryCoefficient, size: microBatchSize },
  };
  const mixes = (["sft", "auxiliary"] as const).flatMap((name): TextMix[] => {
    const texts = records[name];
    if (texts.length === 0) return [];
    const all = texts.map((text) => learnedOf(text, chat));
    const sequences = all.filter(({ ids, learned }) => ids.length <= maxLength && learned.some(isLong));
    const left = all.length - sequences.length;
    const message = `${left} of ${all.length} texts to mix in are longer than maxLength, refused by the chat template, or hold nothing to learn`;
    if (sequences.length === 0) throw new DomainError("dataset-invalid", `${KEYS[name]}: ${message}.`);
    if (left > 0) warnings.push({ field: KEYS[name], message: `${message}; they are left out.` });
    const { weight, size } = amounts[name];
    const what = name === "sft" ? "demonstrations" : "texts of the auxiliary loss";
    const text = `Each of the policy's steps takes ${size} of ${sequences.length} ${what}, with weight ${weight}.`;
    reasons.push({ field: KEYS[name], text });
    return [{ name, sequences, weight, size }];
  });
  return { mixes, reasons, warnings };
}

/** The lengths of the texts that steps learn besides their examples, for the estimate of memory. */
export const mixedTokens = (mixes: readonly TextMix[]): ExampleTokens[] =>
  mixes.flatMap(({ sequences }) => sequences.map(({ ids }) => ({ prompt: ids.length, completions: [] })));

const isLong = ({ start, end }: { start: number; end: number }) => end > start;

/**
 * Marks what is learned: a demonstration's completion; of plain text all but the first token, which follows nothing.
 */
function learnedOf(text: PlainText | DemonstrationRecord, chat: Chat): LearnedSequence {
  if ("text" in text) {
    const { result: ids } = orRefusal(() => chat.tokenizer.encode(text.text));
    if (!ids) return { ids: [], learned: [] };
    return { ids, learned: [{ start: 1, end: ids.length }] };
  }
  const { result } = orRefusal(() => tokenizeExample(chat, text));
  if (!result) return { ids: [], learned: [] };
  const { promptIds, completionIds } = result;
  const ids = [...promptIds, ...completionIds];
  return { ids, learned: [{ start: Math.max(1, promptIds.length), end: ids.length }] };
}
