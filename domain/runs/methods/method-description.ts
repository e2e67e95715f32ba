import { z } from "zod";
import type { RecordKind } from "../../datasets/records";
import type { SafeRange } from "../field-meaning";
import type { Place } from "../fields/places";
import type { ConfigIssue, Reason, RunWarning } from "../run-remarks";

/** What the choice of defaults depends on. */
export type RunCircumstances = {
  examples: number;
  device: "cpu" | "gpu";
  /** Of single rated completions: how many of the examples are desirable. */
  desirable?: number;
  /** Whether the base is an adapter, which the run goes on training. */
  fromAdapter?: boolean;
  /** Optimizer steps exactly, where groups that stay together change their number. */
  countSteps?: (config: { batchSize: number; epochs: number; maxSteps?: number }) => number;
};

/** What a method trains on: the records of a dataset version, or only their prompts, which the policy answers itself. */
export type LearnsFrom = RecordKind | "prompt";

/** A learning rate of a method: its default and its usual range. An adapter takes more than all weights do. */
export type LearningRate = {
  /** Whose rate it is where that is not the method's model: "the value model". */
  of?: string;
  /** Default for all weights. */
  full: number;
  /** How many times the default an adapter takes. */
  adapterFactor: number;
  /** Lowest and highest usual rate for all weights. */
  range: readonly [number, number];
  /** For an adapter; left out, `adapterFactor` times the range. */
  adapterRange?: readonly [number, number];
  /** Whose range it is, for the form: "the post-training guide's range for this method". */
  source: string;
};

/**
 * What a run of the method shows of itself, by which the checks of the diagnosis know whether they speak of it:
 * - `records`: it trains on records, and its loss on them tells how well it goes;
 * - `pairs`: it tells the completions of a pair apart, and reports how often;
 * - `preferences`: it moves a policy by preferences and reports log-probabilities of the completions;
 * - `reference`: its rewards are β·(log π − log π_ref) of whole completions;
 * - `rollouts`: it learns from completions that it writes itself;
 * - `text`: what it makes writes text.
 */
export type Shows = "records" | "pairs" | "preferences" | "reference" | "rollouts" | "text";

type Output<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape, z.core.$strict>>;
type PlacesOptional<Config> = Omit<Config, Place> & Partial<Pick<Config, Place & keyof Config>>;

/** A configuration as it was asked for, whose places may not be known yet. */
export type Asked<Shape extends z.ZodRawShape> = PlacesOptional<Output<Shape>>;
/** A configuration in which the keys that may be left open are filled. */
export type Completed<Config, Open> = Config & Required<Pick<Config, Open & keyof Config>>;

/** What every method says of itself. `Open` are the keys that completing fills. */
export interface MethodFacts<Shape extends z.ZodRawShape, Open extends string, From extends LearnsFrom> {
  words: {
    /** In a name or a table. */
    name: string;
    /** Where there is room for more. */
    title: string;
    /** At the beginning of a sentence: "A reward model". */
    subject: string;
    /** When to choose it. */
    suits: string;
  };
  learnsFrom: From;
  /** A model that writes, or one that scores. */
  makes: "policy" | "reward";
  /** Which checks of the diagnosis speak of it. */
  shows: readonly Shows[];
  /** What is wrong with values that are right one by one. */
  findIssues?(asked: Asked<Shape>, circumstances: { fromAdapter: boolean }): ConfigIssue[];
  /** Keys of other methods that people try here, and why there is no such key. */
  foreignKeys?: Readonly<Record<string, string>>;
  /** Keys that earlier versions had, and why they are gone: refused where asked for, passed over in what is stored. */
  retiredKeys?: Readonly<Record<string, string>>;
  /** Keys, as the form has them (`lora.dropout`), that are no choice for this method. */
  notOffered?: readonly string[];
  /** Safe ranges that depend on the other values; they take the place of the field's own. */
  safeRanges?(config: Readonly<Record<string, unknown>>): Readonly<Partial<Record<string, SafeRange>>>;
  /** What does not suit the data, or goes badly together. */
  findWarnings?(
    config: Completed<Asked<Shape>, Open>,
    data: { examples: number; desirable?: number | undefined },
  ): RunWarning[];
  /** What to do about chosen completions that are much longer or shorter than rejected ones; null for no advice. */
  adviseOnLengths?(config: Asked<Shape>, chosenIs: "longer" | "shorter"): string | null;
}

/** All that is known of a training method beside its loss and its recipe. */
export interface MethodDescription<Shape extends z.ZodRawShape, Open extends string, From extends LearnsFrom>
  extends MethodFacts<Shape, Open, From> {
  /** What a run of it counts. */
  counts: "step" | "iteration";
  /** By key. */
  learningRates: Readonly<Record<string, LearningRate>>;
  /** Keys that may be left open although every run has a value for them. */
  leftOpen: readonly Open[];
  /** Fills what was left open. A key that was given stays as given, and no reason speaks of it. */
  complete(
    asked: Asked<Shape>,
    circumstances: RunCircumstances,
  ): { config: Completed<Asked<Shape>, Open>; reasons: Reason[] };
}

export interface TrainingMethod<Shape extends z.ZodRawShape, Open extends string, From extends LearnsFrom>
  extends MethodDescription<Shape, Open, From> {
  /** RUN.json of this method. A key that it does not know is refused. */
  schema: z.ZodObject<Shape, z.core.$strict>;
}

/** A method with its schema. `shape` begins with the method's name and lists the keys as people read them. */
export function defineMethod<Shape extends z.ZodRawShape, const Open extends string, const From extends LearnsFrom>(
  shape: Shape,
  description: MethodDescription<Shape, Open, From>,
): TrainingMethod<Shape, Open, From> {
  return { ...description, schema: z.strictObject(shape) };
}

/** Lowest and highest usual rate, for all weights or for an adapter. */
export function usualRates(rate: LearningRate, adapter: boolean): readonly [number, number] {
  if (!adapter) return rate.range;
  const [low, high] = rate.range.map((bound) => round(bound * rate.adapterFactor)) as [number, number];
  return rate.adapterRange ?? [low, high];
}

/** Default for all weights or for an adapter. */
export const defaultRate = ({ full, adapterFactor }: LearningRate, adapter: boolean): number =>
  round(adapter ? full * adapterFactor : full);

const round = (rate: number) => Number(rate.toPrecision(3));
