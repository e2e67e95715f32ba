import type { Ledger } from "@/domain/datasets/ledger";
import type { RecordKind } from "@/domain/datasets/records";
import { METHODS, type Method, methodOf } from "@/domain/runs/methods";
import type { SplitCounts } from "../datasets/count-records";

/** Fewer records than this are no training set, whatever the method. */
export const FEWEST_RECORDS = 5;
/** A run on fewer records shows that the loop works rather than what was meant. */
export const FEW_RECORDS = 20;

export interface RecordCounts {
  pairs: SplitCounts;
  demonstrations: SplitCounts;
  unpaired: SplitCounts;
  /** The number of distinct prompts over all kinds of records. */
  prompts: SplitCounts;
}

const more = (count: number, one: string): string => `${count} more ${count === 1 ? one : `${one}s`}`;

/** The words for each kind of record, and what people are to do where so many are missing. */
const RECORDS: Record<
  RecordKind,
  { counted: Exclude<keyof RecordCounts, "prompts">; one: string; many: string; ask: (count: number) => string }
> = {
  demonstration: {
    counted: "demonstrations",
    one: "demonstration",
    many: "demonstrations",
    ask: (count) => `Write ${more(count, "demonstration")}`,
  },
  preference: {
    counted: "pairs",
    one: "preference pair",
    many: "preference pairs",
    ask: (count) => `Compare completions ${more(count, "time")}`,
  },
  unpaired: {
    counted: "unpaired",
    one: "judged completion",
    many: "judged completions",
    ask: (count) => `Rate ${more(count, "completion")}`,
  },
};

/**
 * Counts what a method learns from in the training split: records, or for PPO distinct prompts. A prompt whose
 * completions were ranked gives many records and is answered once an epoch all the same.
 */
export function trainingRecords(method: Method, counts: RecordCounts): number {
  const { learnsFrom } = methodOf(method);
  return learnsFrom === "prompt" ? counts.prompts.train : counts[RECORDS[learnsFrom].counted].train;
}

/** Says in one sentence what keeps this method from being run on these records; null where nothing does. */
export function tooFewRecords(method: Method, counts: RecordCounts): string | null {
  const { learnsFrom, words } = methodOf(method);
  if (learnsFrom === "prompt") {
    const prompts = trainingRecords(method, counts);
    if (prompts >= FEWEST_RECORDS) return null;
    return `${words.subject} answers the prompts of labelled tasks, at least ${FEWEST_RECORDS} of them, and there ${prompts === 1 ? "is 1" : `are ${prompts}`}.`;
  }
  const { counted, one, many, ask } = RECORDS[learnsFrom];
  const { train, validation } = counts[counted];
  if (train >= FEWEST_RECORDS) return null;
  const held = validation ? ` (${validation} more ${validation === 1 ? "is" : "are"} held out for validation)` : "";
  const missing = FEWEST_RECORDS - train;
  return (
    `${words.subject} needs at least ${FEWEST_RECORDS} ${many} to train on and there ` +
    `${train === 1 ? `is 1 ${one}` : `are ${train} ${many}`}${held}. ` +
    `${ask(missing)}.`
  );
}

export function listMethods(counts: RecordCounts): { method: Method; available: boolean; reason: string | null }[] {
  return METHODS.map((method) => {
    const reason = tooFewRecords(method, counts);
    return { method, available: reason === null, reason };
  });
}

/** Preferences count as noisy from this share on of contradicted labels, among those that met another's. */
const NOISY_FROM = 0.15;
/** From this many times more judged completions than pairs on, learning from those is better. */
const FAR_MORE = 3;

export interface Collected extends RecordCounts, Partial<Pick<Ledger, "used" | "leftOut">> {}

export interface Recommendation {
  method: Method;
  why: string;
  /** Lists what else to think of with this data, a sentence each. */
  advice: string[];
}

/**
 * Recommends a method for what was collected so far, and says why.
 * @param imitates whether the model to start from, or one before it, has learned from demonstrations already
 */
export function recommendMethod(collected: Collected, { imitates }: { imitates: boolean }): Recommendation {
  const { demonstrations, pairs, unpaired } = collected;
  const enough = (method: Method) => tooFewRecords(method, collected) === null;
  if (!enough("dpo") && enough("sft"))
    return {
      method: "sft",
      why: `There are ${plural(demonstrations.train, "demonstration")} and few comparisons, so start with imitation.`,
      advice: [],
    };
  if (enough("kto") && unpaired.train >= FAR_MORE * pairs.train)
    return {
      method: "kto",
      why:
        `${plural(unpaired.train, "completion was", "completions were")} judged one by one and there ` +
        `${pairs.train === 1 ? "is" : "are"} ${plural(pairs.train, "pair")}: KTO learns from completions that were judged one by one.`,
      advice: [],
    };
  if (enough("sft") && !imitates)
    return {
      method: "sft",
      why:
        `There are ${plural(demonstrations.train, "demonstration")}, and the model to start from has not learned from ` +
        `any of them: start with SFT, then continue from its model with DPO on the ${plural(pairs.train, "pair")}.`,
      advice: [
        "ORPO would learn from demonstrations and preferences in one run, taking the chosen completions as demonstrations.",
      ],
    };
  return {
    method: "dpo",
    why: !enough("dpo")
      ? "DPO learns directly from comparisons: it is quick and stable, and needs no reward model."
      : imitates
        ? `The model to start from has already learned from demonstrations; DPO now learns the finer differences from ${plural(pairs.train, "pair")}.`
        : `There are ${plural(pairs.train, "preference pair")}: DPO learns directly from them: it is quick and stable, and needs no reward model.`,
    advice: noiseAdvice(collected),
  };
}

/** Where people contradict one another, a loss that expects it is recommended. */
function noiseAdvice({ used = 0, leftOut = [] }: Collected): string[] {
  const contradicted = leftOut
    .filter(({ reason }) => reason === "outvoted" || reason === "even_split")
    .reduce((sum, { count }) => sum + count, 0);
  const share = contradicted / Math.max(1, used + contradicted);
  if (share < NOISY_FROM) return [];
  return [
    `${Math.round(share * 100)} % of the labels were outvoted or split evenly: set Loss to ipo, which is less sensitive to noisy ` +
      `preferences, or to robust with the share of wrong labels as label smoothing.`,
  ];
}

const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
