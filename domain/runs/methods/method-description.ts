import { z } from "zod";
import type { RecordKind } from "../../datasets/records";
import type { SafeRange } from "../field-meaning";
import type { Place } from "../fields/places";
import type { ConfigIssue, Reason, RunWarning } from "../run-remarks";

/** The facts that the choice of defaults depends on. */
export type RunCircumstances = {
  examples: number;
  device: "cpu" | "gpu";
  /** The number of desirable examples, where the method learns from single rated completions. */
  desirable?: number;
  /** True where the records come from a file of its own (no dataset version) and carry margins. */
  marginsInFile?: boolean;
  /** True where the base is an adapter, which the run goes on training. */
  fromAdapter?: boolean;
  /** The exact number of optimizer steps, where groups that stay together change it. */
  countSteps?: (config: { batchSize: number; epochs: number; maxSteps?: number }) => number;
};

/**
 * The source of a method's examples: the records of a dataset version, or only their prompts, which the policy answers
 * itself.
 */
export type LearnsFrom = RecordKind | "prompt";

/** A learning rate of a method: its default and its usual range. An adapter takes a higher rate than all weights do. */
export type LearningRate = {
  /** The name of the model that the rate is for, where it is not the method's own: "the value model". */
  of?: string;
  /** The default for all weights. */
  full: number;
  /** The factor by which an adapter's default is higher. */
  adapterFactor: number;
  /** The lowest and the highest usual rate for all weights. */
  range: readonly [number, number];
  /** The range for an adapter; where it is absent, it is `adapterFactor` times `range`. */
  adapterRange?: readonly [number, number];
  /** The source of the range, for the form: "the post-training guide's range for this method". */
  source: string;
};

/**
 * The traits of a method's runs by which the checks of the diagnosis know whether they speak of them:
 * - `records`: it trains on records, and its loss on them tells how well it goes;
 * - `pairs`: it tells the completions of a pair apart, and reports how often;
 * - `preferences`: it moves a policy by preferences and reports log-probabilities of the completions;
 * - `reference`: its rewards are β·(log π − log π_ref) of whole completions;
 * - `rollouts`: it learns from completions that it writes itself;
 * - `text`: the model that it makes writes text.
 */
export type Shows = "records" | "pairs" | "preferences" | "reference" | "rollouts" | "text";

type Output<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape, z.core.$strict>>;
type PlacesOptional<Config> = Omit<Config, Place> & Partial<Pick<Config, Place & keyof Config>>;

/** A configuration as it was asked for, whose places may not be known yet. */
export type Asked<Shape extends z.ZodRawShape> = PlacesOptional<Output<Shape>>;
/** A configuration in which the keys that may be left open are filled. */
export type Completed<Config, Open> = Config & Required<Pick<Config, Open & keyof Config>>;

/** The facts that every method states. `Open` are the keys that completing fills. */
export interface MethodFacts<Shape extends z.ZodRawShape, Open extends string, From extends LearnsFrom> {
  words: {
    /** The method's name in a name or a table. */
    name: string;
    /** The method's name where there is room for more. */
    title: string;
    /** The method's result at the beginning of a sentence: "A reward model". */
    subject: string;
    /** The situation in which to choose the method. */
    suits: string;
  };
  learnsFrom: From;
  /** The kind of model that the method makes: one that writes, or one that scores. */
  makes: "policy" | "reward";
  /** The traits by which the checks of the diagnosis know whether they speak of this method. */
  shows: readonly Shows[];
  /** Says what is wrong with values that are right one by one. */
  findIssues?(asked: Asked<Shape>, circumstances: { fromAdapter: boolean }): ConfigIssue[];
  /** Keys of other methods that people try here, each with the reason why there is no such key. */
  foreignKeys?: Readonly<Record<string, string>>;
  /**
   * Keys that earlier versions had, each with the reason why it is gone. They are refused where someone asks for them,
   * and passed over in what is stored.
   */
  retiredKeys?: Readonly<Record<string, string>>;
  /** Keys, as the form has them (`lora.dropout`), that this method leaves no choice about. */
  notOffered?: readonly string[];
  /** Safe ranges that depend on the other values; they take the place of the field's own. */
  safeRanges?(config: Readonly<Record<string, unknown>>): Readonly<Partial<Record<string, SafeRange>>>;
  /** Warns of values that do not suit the data, or go badly together. */
  findWarnings?(
    config: Completed<Asked<Shape>, Open>,
    data: { examples: number; desirable?: number | undefined },
  ): RunWarning[];
  /** The advice for chosen completions that are much longer or shorter than rejected ones; null for no advice. */
  adviseOnLengths?(config: Asked<Shape>, chosenIs: "longer" | "shorter"): string | null;
}

/** Everything that is known of a training method besides its loss and its recipe. */
export interface MethodDescription<Shape extends z.ZodRawShape, Open extends string, From extends LearnsFrom>
  extends MethodFacts<Shape, Open, From> {
  /** The unit that a run of the method counts. */
  counts: "step" | "iteration";
  /** The meanings of the fields, by key. */
  learningRates: Readonly<Record<string, LearningRate>>;
  /** The keys that may be left open although every run has a value for them. */
  leftOpen: readonly Open[];
  /** Fills what was left open. A key that was given stays as given, and gets no reason. */
  complete(
    asked: Asked<Shape>,
    circumstances: RunCircumstances,
  ): { config: Completed<Asked<Shape>, Open>; reasons: Reason[] };
}

export interface TrainingMethod<Shape extends z.ZodRawShape, Open extends string, From extends LearnsFrom>
  extends MethodDescription<Shape, Open, From> {
  /** The schema of this method's RUN.json. A key that it does not know is refused. */
  schema: z.ZodObject<Shape, z.core.$strict>;
}

/** Makes a method with its schema. `shape` begins with the method's name and lists the keys as people read them. */
export function defineMethod<Shape extends z.ZodRawShape, const Open extends string, const From extends LearnsFrom>(
  shape: Shape,
  description: MethodDescription<Shape, Open, From>,
): TrainingMethod<Shape, Open, From> {
  return { ...description, schema: z.strictObject(shape) };
}

/** The lowest and the highest usual rate, for all weights or for an adapter. */
export function usualRates(rate: LearningRate, adapter: boolean): readonly [number, number] {
  if (!adapter) return rate.range;
  const [low, high] = rate.range.map((bound) => round(bound * rate.adapterFactor)) as [number, number];
  return rate.adapterRange ?? [low, high];
}

/** The default rate, for all weights or for an adapter. */
export const defaultRate = ({ full, adapterFactor }: LearningRate, adapter: boolean): number =>
  round(adapter ? full * adapterFactor : full);

const round = (rate: number) => Number(rate.toPrecision(3));
