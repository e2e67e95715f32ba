import { DomainError } from "@/domain/errors";
import { completeRunConfig } from "@/domain/runs/complete-run-config";
import { type ExampleTokens, estimateMemory, memoryWarnings } from "@/domain/runs/estimate-memory";
import type { ModelShape } from "@/domain/runs/model-shape";
import { rangeWarnings } from "@/domain/runs/range-warnings";
import type { CompleteConfigOf, CompleteOfflineConfig, OfflineMethod, RunConfig } from "@/domain/runs/run-config";
import type { RunEvent, RunLedger } from "@/domain/runs/run-events";
import type { RunWarning } from "@/domain/runs/run-remarks";
import { type ScheduledBatch, scheduleBatches } from "../data/batch-schedule";
import { isFolder } from "../data/dataset-source";
import { noteWarnings } from "../data/intake-notes";
import { lengthStatistics, lengthWarnings, tooLongWarnings } from "../data/length-statistics";
import { findOddities, oddityWarnings, refuseBroken, type TextBorders } from "../data/preflight";
import { type Dataset, readDataset } from "../data/read-dataset";
import type { DemonstrationRecord, RecordKind, RecordsOf } from "../data/records";
import {
  type FindTurns,
  LeftOutCounter,
  type Sequence,
  sameIds,
  sequenceLength,
  type TokenizeExample,
} from "../data/tokenize-dataset";
import { availableMemory } from "../engine/available-memory";
import { presentOperations } from "../engine/fused-ops";
import type { ModelConfig } from "../models/config";
import { stopTokenIds } from "../models/load-model";
import type { CausalLanguageModel } from "../models/types";
import { controlTokensOf } from "../tokenizer/control-tokens";
import { assistantTurns, exampleTokenizer } from "../tokenizer/tokenize-example";
import { Checkpoints } from "./checkpoints";
import type { ExampleKind } from "./example-kinds";
import { loadPolicy, modelReasons, modelWarnings, type Policy, requireLanguageModel } from "./policy";
import type { Beside } from "./ppo/learn";
import { mixedTokens, readSftMix, tokenizeMixedText } from "./read-mixed-text";
import type { RecipeRun } from "./recipe";
import { identifyRun, type RunIdentity } from "./run-identity";
import { createTextGradients } from "./text-mix";
import type { ValidationProgress } from "./validation-watch";

/** A training run on fewer examples than this teaches nothing but the examples themselves. */
const FEWEST_EXAMPLES = 2;

/** The inputs of a method's first forward pass. Examples go by their index: training ones first. */
export type PreparedRun<M extends OfflineMethod, Example> = {
  config: CompleteConfigOf<M>;
  policy: Policy;
  model: CausalLanguageModel;
  /** Number of examples, training and validation together. */
  count: number;
  example(index: number): Example;
  /** Number of real tokens of an example, prompt and completions. */
  tokensOf(index: number): number;
  /** Indices of the validation examples. */
  held: number[];
  schedule: ScheduledBatch[];
  /** The settings and data that decide the run's result: hyperparameters, weights and records. */
  identity: RunIdentity;
  checkpoints: Checkpoints<ValidationProgress>;
  /** Whether the run ends with its newest checkpoint. */
  finishNow: boolean;
  /** Gradients of the demonstrations that each step learns besides its batch; null if none are mixed in. */
  beside: Beside | null;
};

/**
 * Reads the records (first, so that a bad file is reported before a model is loaded), loads the policy, tokenizes,
 * completes the configuration, and reports it.
 *
 * @param options.rewardHead whether the model is to score rather than to write
 * @throws DomainError `dataset-invalid` naming file, line and key; `too-few-labels`; `run-config-invalid`
 */
export async function* prepareRun<M extends OfflineMethod, Kind extends RecordKind, Example extends { place: string }>(
  run: RecipeRun<M>,
  kind: ExampleKind<Kind, Example>,
  { rewardHead = false } = {},
): AsyncGenerator<RunEvent, PreparedRun<M, Example>> {
  const asked: RunConfig = run.config;
  yield { type: "phase", phase: "reading", message: `Reading the ${kind.noun}` };
  const dataset = await readDataset(kind.records, asked.dataset, asked.validationDataset, run);
  requireEnough(dataset.train.length, asked, kind.noun, holdsOf(asked.dataset, dataset));
  const toMix = "sftMixRatio" in asked ? await readSftMix(asked, run) : { texts: [], notes: [] };

  const policy = yield* loadPolicy({ ...run, config: asked }, { rewardHead });
  if (!rewardHead) requireLanguageModel(policy, asked);
  const { train, validation, ledger, oddities } = tokenize(dataset, asked, policy, kind);

  const device = run.backend.kind === "gpu" ? "gpu" : "cpu";
  const groups = train.map(kind.groupOf);
  const { shuffle, seed } = asked;
  const described = kind.describe?.(train);
  const { config: completed, reasons } = completeRunConfig<OfflineMethod>(run.config, {
    examples: train.length,
    device,
    ...described,
    marginsInFile: !(await isFolder(asked.dataset)) && train.some(hasMargin),
    countSteps: (of) => scheduleBatches(groups, { ...of, shuffle, seed }).length,
  });
  const complete: CompleteOfflineConfig = { ...completed, ...asLoaded(completed, policy) };
  const schedule = scheduleBatches(groups, complete);
  const mixed = mixOf(toMix.texts, policy, complete);
  reasons.push(...modelReasons(policy), ...mixed.reasons);
  const warnings = [
    ...modelWarnings(policy),
    ...noteWarnings([dataset.notes, ...toMix.notes], policy.chat.chatTemplate),
    ...mixed.warnings,
    ...rangeWarnings(complete, { examples: train.length, fromAdapter: complete.adapter !== undefined, ...described }),
    ...oddities,
  ];
  const memory = {
    estimate: estimateMemory(
      complete,
      shapeOf(policy.model.config),
      train.map((one) => tokensOfExample(kind.sequencesOf(one))),
      presentOperations(),
      mixedTokens(mixed.mixes),
    ),
    // The estimate includes what this process holds already.
    available: availableMemory() + process.memoryUsage().rss,
  };
  warnings.push(...memoryWarnings(memory.estimate, memory.available));
  yield { type: "resolved", config: complete, ledger, reasons, warnings, totalSteps: schedule.length, memory };

  const examples = [...train, ...validation];
  const example = (index: number) => examples[index] as Example;
  const { mixes } = mixed;
  const mixedIds = mixes.flatMap(({ sequences }) => sequences.map(({ ids }) => ids));
  const identity = await identifyRun(complete, examples, mixedIds);
  return {
    // Completing does not change the method, which the compiler can't see for a method that it does not know.
    config: complete as CompleteConfigOf<M>,
    policy,
    model: policy.model,
    count: examples.length,
    example,
    tokensOf: (index) => kind.sequencesOf(example(index)).reduce((sum, sequence) => sum + sequenceLength(sequence), 0),
    held: validation.map((_, index) => train.length + index),
    schedule,
    identity,
    checkpoints: new Checkpoints(run.checkpointFolder, identity, run.resume),
    finishNow: run.finishNow ?? false,
    beside: createTextGradients(run.scope, policy.model, mixes, complete),
  };
}

/** Says what a data set that is too small holds, and why others of its records don't count. */
function holdsOf<Kind extends RecordKind>(name: string, { records, leftOut }: Dataset<Kind>): string {
  const counter = new LeftOutCounter();
  for (const { reason, place } of leftOut) counter.add(reason, place);
  const reasons = counter
    .list()
    .map(({ count, message, lines }) => `${count} ${message}: ${lines.slice(0, 5).join(", ")}`);
  return [`${name} holds ${records} records`, ...reasons].join("; ");
}

/** Prepares demonstrations as the policy reads them, and the number of them that a step takes. */
function mixOf(records: readonly DemonstrationRecord[], policy: Policy, config: CompleteOfflineConfig) {
  const { batchSize, microBatchSize, maxLength } = config;
  const sftMixRatio = "sftMixRatio" in config ? config.sftMixRatio : 0;
  const amounts = { minibatchSize: batchSize, microBatchSize, sftMixRatio, auxiliaryCoefficient: 0 };
  return tokenizeMixedText({ sft: [...records], auxiliary: [] }, policy.chat, amounts, maxLength);
}

/** Whether an example is a pair that was better by some margin. */
const hasMargin = (example: object): boolean =>
  "margin" in example && typeof example.margin === "number" && example.margin > 0;

/** Fills in what only the loaded model tells: its context bounds the length, and the adapter's layers have names. */
function asLoaded(
  { lora, maxLength }: CompleteOfflineConfig,
  { model }: Policy,
): Pick<CompleteOfflineConfig, "lora" | "maxLength"> {
  return {
    maxLength: longest(maxLength, model),
    ...(lora && model.lora ? { lora: { ...lora, targets: [...model.lora.targets] } } : {}),
  };
}

/** The longest sequence: the model has no positions beyond its context, whatever maxLength asks for. */
function longest(maxLength: number, { config }: CausalLanguageModel): number {
  return Math.min(maxLength, config.maxPositions);
}

/**
 * Tokenizes, drops what does not fit, and records in the ledger where every record went and what is odd about the rest.
 */
function tokenize<Kind extends RecordKind, Example extends { place: string }>(
  dataset: Dataset<Kind>,
  config: RunConfig,
  policy: Policy,
  kind: ExampleKind<Kind, Example>,
): { train: Example[]; validation: Example[]; ledger: RunLedger; oddities: RunWarning[] } {
  const leftOut = new LeftOutCounter();
  for (const { reason, place } of dataset.leftOut) leftOut.add(reason, place);
  const tokenizeOne: TokenizeExample = exampleTokenizer(policy.chat);
  const maxLength = longest(config.maxLength, policy.model);
  const findTurns: FindTurns = (messages, options) => assistantTurns(policy.chat, messages, options);
  const borders = bordersOf(policy);
  const read = (records: RecordsOf[Kind][]) =>
    refuseBroken(
      kind.tokenizeAll(records, tokenizeOne, maxLength, leftOut, findTurns),
      kind.sequencesOf,
      borders,
      leftOut,
    );
  const [train, validation] = [read(dataset.train), read(dataset.validation)];
  const { sequencesOf, verdictOf } = kind;
  const odd = findOddities({ train, validation, records: dataset, sequencesOf, verdictOf }, borders);
  const ledger: RunLedger = {
    dataset: config.dataset,
    records: dataset.records,
    train: train.length,
    validation: validation.length,
    leftOut: leftOut.list(),
    odd,
    lengths: kind.records === "preference" && train.length > 0 ? lengthsOf(train.map(kind.sequencesOf)) : null,
  };
  const reasons = ledger.leftOut.map(({ count, message }) => `${count} ${message}`).join(", ");
  requireEnough(train.length, config, kind.noun, `of ${dataset.records} records ${reasons || "none"} were left out`);
  const noun = kind.records === "preference" ? "pair" : "record";
  const oddities = oddityWarnings(odd, noun);
  oddities.push(...tooLongWarnings(ledger, maxLength));
  if (ledger.lengths) oddities.push(...lengthWarnings(config, ledger.lengths));
  return { train, validation, ledger, oddities };
}

/** Counts an example's tokens; completions of one prompt share its tokens. */
function tokensOfExample(sequences: readonly Sequence[]): ExampleTokens {
  const [first] = sequences;
  const isShared = sequences.every(({ promptIds }) => sameIds(promptIds, first?.promptIds ?? []));
  const prompt = first?.promptIds.length ?? 0;
  const extra = isShared ? 0 : prompt * (sequences.length - 1);
  return { prompt: prompt + extra, completions: sequences.map(({ completionIds }) => completionIds.length) };
}

export const shapeOf = ({ family, ...config }: ModelConfig): ModelShape => ({
  ...config,
  gatedMlp: family === "llama",
});

const lengthsOf = (pairs: Sequence[][]) =>
  lengthStatistics(
    pairs.map(([chosen, rejected]) => [chosen?.completionIds.length ?? 0, rejected?.completionIds.length ?? 0]),
  );

function bordersOf({ model, chat: { tokenizer } }: Policy): TextBorders {
  const endTokenIds = new Set(stopTokenIds({ model }));
  return { startTokenId: tokenizer.bosTokenId, endTokenIds, controlTexts: controlTokensOf(tokenizer) };
}

function requireEnough(examples: number, config: RunConfig, noun: string, because: string): void {
  if (examples >= FEWEST_EXAMPLES) return;
  const message = `Too few labels: method ${config.method} needs at least ${FEWEST_EXAMPLES} ${noun} to train on, and there ${examples === 1 ? "is 1" : `are ${examples}`} (${because}).`;
  throw new DomainError("too-few-labels", message);
}
