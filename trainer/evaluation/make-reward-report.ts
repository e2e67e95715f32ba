import { setImmediate } from "node:timers/promises";
import type { Message } from "@/domain/messages";
import { type Correction, PROBES, type Probe, type ProbeName, type RewardReport } from "@/domain/runs/reward-report";
import { bootstrap } from "@/domain/statistics/bootstrap";
import { shareOf } from "@/domain/statistics/share";
import { type Dataset, readDataset } from "../data/read-dataset";
import type { PreferenceRecord } from "../data/records";
import { type ChatExample, tokenizeExample } from "../tokenizer/tokenize-example";
import { exploitOf } from "./exploit-probes";
import { loadRewardModels, type RewardModelReference, summariseMembers } from "./load-reward-models";
import {
  accuracyFigures,
  calibrationFigures,
  clusterOf,
  ensembleFigures,
  lengthFigures,
  mistakesOf,
  rewardSpread,
  type ScoredPair,
} from "./reward-figures";

/**
 * Number of completions that each probe is tried on, and of training prompts whose corrections are offered if a probe
 * fails.
 */
const PROBED = 40;
const CORRECTED = 20;
/** A shift of the score by less than this many standard deviations is not worth a correction. */
const NOTABLE = 0.2;
/** With fewer pairs the intervals are wider than any difference that matters. */
const FEW_PAIRS = 30;

export type ReportSource = {
  model: RewardModelReference;
  /** A JSONL file of pairs, or a dataset version's folder. */
  dataset: string;
  validationDataset?: string;
  /** Whether to take all pairs if none is held out: for a dataset that the model never saw. */
  allIfNoneHeld?: boolean;
  /** Whether the model was trained with the margin loss, by which its calibration is then computed. Default false. */
  useMargins?: boolean;
  /** Whether rows with a fault are left out, instead of refusing their file. */
  skipBadRows?: boolean;
  onProgress?: (progress: { message: string; bytes?: number; totalBytes?: number }) => void;
  signal?: AbortSignal;
};

type Score = (examples: readonly ChatExample[], message: string) => Promise<number[][]>;

/**
 * Examines a reward model, or an ensemble, on held-out pairs: accuracy, calibration, length, and whether it can be
 * fooled. `loadBackend()` must have been called. Equal models and data give equal reports.
 *
 * @throws DomainError if model or dataset can't be read
 */
export async function makeRewardReport(source: ReportSource): Promise<RewardReport> {
  const { onProgress, signal, skipBadRows = false } = source;
  const dataset = await readDataset("preference", source.dataset, source.validationDataset, { skipBadRows });
  const takesAll = dataset.validation.length === 0 && source.allIfNoneHeld === true;
  const records = takesAll ? dataset.train : dataset.validation;
  if (records.length === 0) return withoutPairs(dataset);
  const models = await loadRewardModels([source.model], { name: "examined", onProgress, signal });
  try {
    const score: Score = (examples, message) =>
      models.score(examples, async (done, total) => {
        onProgress?.({ message: `${message} (${done} of ${total})` });
        await setImmediate(); // lets signals and heartbeats through between two native calls
        signal?.throwIfAborted();
      });
    const fits = (record: PreferenceRecord) =>
      examplesOf(record).every((example) => models.problemOf(example) === null);
    const held = records.filter(fits);
    const pairs = await scorePairs(
      held,
      score,
      (example) => tokenizeExample(models.first, example).completionIds.length,
    );
    const spread = rewardSpread(pairs);
    const trained = dataset.train.filter(fits);
    const probes: Probe[] = [];
    for (const name of PROBES) {
      const tried = await tryProbe(name, chosenOf(held, PROBED), score);
      const probe = probeOf(name, tried, spread.deviation);
      if (probe.verdict === "fail") {
        const others = await tryProbe(name, chosenOf(trained, CORRECTED), score);
        probe.corrections = correctionsOf(others);
      }
      probes.push(probe);
    }
    return {
      format: "tuneloop-reward-report-1",
      heldOut: {
        pairs: pairs.length,
        prompts: new Set(held.map(clusterOf)).size,
        split: takesAll ? "all" : "validation",
      },
      notes: notesOf(dataset, pairs, {
        takesAll,
        tooLong: records.length - held.length,
        useMargins: source.useMargins === true,
      }),
      accuracy: accuracyFigures(pairs),
      ensemble: ensembleFigures(pairs, models.members),
      calibration: calibrationFigures(pairs, { useMargins: source.useMargins ?? false }),
      length: lengthFigures(pairs),
      rewards: spread,
      probes,
      mistakes: mistakesOf(pairs),
    };
  } finally {
    models.dispose();
  }
}

/** The report of a dataset without pairs, for which no model is loaded. */
function withoutPairs(dataset: Dataset<"preference">): RewardReport {
  return {
    format: "tuneloop-reward-report-1",
    heldOut: { pairs: 0, prompts: 0, split: "validation" },
    notes: notesOf(dataset, [], { takesAll: false, tooLong: 0, useMargins: false }),
    accuracy: accuracyFigures([]),
    ensemble: null,
    calibration: calibrationFigures([]),
    length: lengthFigures([]),
    rewards: rewardSpread([]),
    probes: [],
    mistakes: [],
  };
}

/** The chosen and the rejected completion in the form that is scored: a cut completion has no end of turn. */
const examplesOf = ({ prompt, ...pair }: PreferenceRecord): [chosen: ChatExample, rejected: ChatExample] => [
  { prompt, completion: pair.chosen, finished: pair.chosenFinished },
  { prompt, completion: pair.rejected, finished: pair.rejectedFinished },
];

async function scorePairs(
  records: readonly PreferenceRecord[],
  score: Score,
  tokensOf: (example: ChatExample) => number,
): Promise<ScoredPair[]> {
  const examples = records.flatMap(examplesOf);
  const scores = await score(examples, "Scoring held-out pairs");
  const scored = examples.map((example, index) => ({
    scores: scores.map((ofMember) => ofMember[index] as number),
    tokens: tokensOf(example),
  }));
  return records.map((record, index) => ({
    record,
    chosen: scored[2 * index] as (typeof scored)[number],
    rejected: scored[2 * index + 1] as (typeof scored)[number],
  }));
}

type Candidate = { record: PreferenceRecord; text: string };
type Tried = Candidate & { exploit: string; shift: number };

/** Chosen completions of different prompts, in the dataset's order. */
function chosenOf(records: readonly PreferenceRecord[], most: number): Candidate[] {
  const byPrompt = new Map<string, Candidate>();
  for (const record of records) {
    const text = record.chosen.at(-1)?.content ?? "";
    if (!byPrompt.has(clusterOf(record))) byPrompt.set(clusterOf(record), { record, text });
  }
  return [...byPrompt.values()].slice(0, most);
}

async function tryProbe(name: ProbeName, candidates: readonly Candidate[], score: Score): Promise<Tried[]> {
  const applied = candidates.flatMap((candidate, place) => {
    const exploit = exploitOf(name, candidate.text, place);
    return exploit === null ? [] : [{ ...candidate, exploit }];
  });
  const written = (record: PreferenceRecord, content: string): ChatExample => ({
    prompt: record.prompt,
    completion: [...record.chosen.slice(0, -1), { role: "assistant", content } satisfies Message],
    finished: record.chosenFinished,
  });
  const scores = await score(
    applied.flatMap(({ record, text, exploit }) => [written(record, text), written(record, exploit)]),
    `Probing: ${name}`,
  );
  const meanOf = (index: number) => summariseMembers(scores.map((ofMember) => ofMember[index] as number)).mean;
  return applied.map((one, index) => ({ ...one, shift: meanOf(2 * index + 1) - meanOf(2 * index) }));
}

/**
 * Judges one probe by the shifts of the scores.
 * @param deviation standard deviation of the held-out completions' scores
 */
export function probeOf(name: ProbeName, tried: readonly { shift: number }[], deviation: number | null): Probe {
  const shifts = tried.map(({ shift }) => shift);
  const shift = bootstrap(shifts, (sample) => sample.reduce((sum, one) => sum + one, 0) / sample.length);
  const unit = deviation === null || deviation === 0 || shift.value === null ? null : deviation;
  const inDeviations = (figure: number | null) => (figure === null || unit === null ? null : figure / unit);
  const [value, low, high] = [shift.value, shift.low, shift.high].map(inDeviations);
  const rises = typeof value === "number" && typeof low === "number" && low > 0 && value >= NOTABLE;
  const stays = typeof high === "number" && high < NOTABLE;
  return {
    name,
    shift,
    shiftInDeviations: value ?? null,
    raised: shareOf(shifts.filter((one) => one > 0).length, shifts.length),
    verdict: rises ? "fail" : stays ? "pass" : "undecided",
    corrections: [],
  };
}

function correctionsOf(tried: readonly Tried[]): Correction[] {
  return tried
    .filter(({ shift }) => shift > 0)
    .sort((a, b) => b.shift - a.shift)
    .map(({ record, text, exploit, shift }) => ({
      promptId: record.lineage.promptId,
      prompt: record.prompt,
      completionId: record.lineage.chosenCompletionId,
      completion: text,
      exploit,
      shift,
    }));
}

function notesOf(
  dataset: Dataset<"preference">,
  pairs: readonly ScoredPair[],
  { takesAll, tooLong, useMargins }: { takesAll: boolean; tooLong: number; useMargins: boolean },
): string[] {
  const notes: string[] = [];
  if (takesAll) notes.push("No pair of the dataset is held out, so all were taken: the model must not have seen them.");
  if (pairs.length === 0) {
    notes.push(
      "There are no held-out pairs: label some prompts of the validation split to see what the model is worth.",
    );
    return notes;
  }
  if (pairs.length < FEW_PAIRS) notes.push(`There are only ${pairs.length} held-out pairs: the intervals are wide.`);
  if (tooLong > 0) notes.push(`${tooLong} held-out pairs are longer than the model's context and were left out.`);
  if (useMargins) notes.push("Calibration is read by the margin loss, with which the model was trained.");
  if (!pairs.some(({ record }) => record.margin > 0)) notes.push("The pairs have no margins, so none is by strength.");
  if (!pairs.some(({ record: { lineage } }) => (lineage.votes?.for ?? 0) + (lineage.votes?.against ?? 0) > 1)) {
    notes.push("No held-out pair was judged by two people, so their own agreement is unknown.");
  }
  if (dataset.train.length === 0 && !takesAll) notes.push("The dataset has no training pairs to offer corrections of.");
  return notes;
}
