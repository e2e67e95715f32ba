import { DomainError } from "@/domain/errors";
import { completeRunConfig } from "@/domain/runs/complete-run-config";
import { memoryWarnings } from "@/domain/runs/estimate-memory";
import { describeMemoryModes, estimatePpoMemory } from "@/domain/runs/estimate-ppo-memory";
import { newTokensOf } from "@/domain/runs/methods/ppo";
import { rangeWarnings } from "@/domain/runs/range-warnings";
import type { PpoConfig } from "@/domain/runs/run-config";
import type { RunEvent, RunLedger } from "@/domain/runs/run-events";
import { type ScheduledBatch, scheduleBatches } from "../../data/batch-schedule";
import { noteWarnings } from "../../data/intake-notes";
import { nameControlTokens, oddityWarnings } from "../../data/preflight";
import { type PromptRecord, readPrompts } from "../../data/read-prompts";
import { LeftOutCounter } from "../../data/tokenize-dataset";
import { availableMemory } from "../../engine/available-memory";
import { presentOperations } from "../../engine/fused-ops";
import { controlTokensOf } from "../../tokenizer/control-tokens";
import { orRefusal } from "../../tokenizer/text-refusal";
import { tokenizePrompt } from "../../tokenizer/tokenize-example";
import { loadPolicy, modelReasons, modelWarnings, type Policy, requireLanguageModel } from "../policy";
import { shapeOf } from "../prepare-run";
import { mixedTokens, readMixedText, tokenizeMixedText } from "../read-mixed-text";
import type { RecipeRun } from "../recipe";
import { identifyRun, type RunIdentity } from "../run-identity";
import type { TextMix } from "../text-mix";
import { heldOutEvery, heldOutPrompts } from "./held-out";
import { openRewardReaders, refusalBy } from "./reward-readers";

/** A prompt in the form in which the policy reads it. */
export type PpoPrompt = PromptRecord & { ids: number[] };

export type PreparedPpo = {
  config: PpoConfig;
  policy: Policy;
  /** Training prompts; a batch of the schedule goes by their index. */
  prompts: PpoPrompt[];
  /** Validation prompts that are answered and scored during the run; empty if there are none. */
  heldOut: readonly PpoPrompt[];
  /** Text that the policy learns besides the rollouts. */
  mixes: TextMix[];
  /** The batches of prompts, one for each iteration. */
  schedule: ScheduledBatch[];
  /**
   * The settings and data that decide the run's result: hyperparameters, weights of policy and reward models, prompts
   * and mixed text.
   */
  identity: RunIdentity;
};

/**
 * Reads the prompts (first, so that a bad file is reported before a model is loaded), loads the policy, completes the
 * configuration, and reports it.
 *
 * @throws DomainError `dataset-invalid`, `too-few-labels`, `run-config-invalid`
 */
export async function* preparePpo(run: RecipeRun<"ppo">): AsyncGenerator<RunEvent, PreparedPpo> {
  const asked = run.config;
  if (asked.rewardModels.length === 0 && asked.rewardFunctions.length === 0) {
    const message = "rewardModels: a run needs a reward: name a reward model here, or a function in rewardFunctions";
    throw new DomainError("run-config-invalid", message);
  }
  yield { type: "phase", phase: "reading", message: "Reading the prompts" };
  const leftOut = new LeftOutCounter();
  const read = await readPrompts(asked.dataset, leftOut, asked.validationDataset, run);
  const texts = await readMixedText(asked, run);
  const policy = yield* loadPolicy(run);
  requireLanguageModel(policy, asked);

  const device = run.backend.kind === "gpu" ? "gpu" : "cpu";
  const longest = Math.min(asked.maxLength, policy.model.config.maxPositions);
  const room = longest - newTokensOf(asked, device);
  const readers = await openRewardReaders(asked.rewardModels, run.signal);
  const tokenized = (records: PromptRecord[]) =>
    records.flatMap((record): PpoPrompt[] => {
      // A prompt that a reward model refuses would be answered in vain every time that it comes up.
      const unread = refusalBy(readers, { prompt: record, text: "Yes.", ended: true });
      if (unread !== null) {
        leftOut.add("rewardModelRefuses", record.place, unread);
        return [];
      }
      const { result: ids, refusal } = orRefusal(() => tokenizePrompt(policy.chat, record.prompt));
      if (ids && ids.length <= room) return [{ ...record, ids }];
      if (refusal) leftOut.addRefusal(refusal, record.place);
      else leftOut.add("tooLong", record.place);
      return [];
    });
  const prompts = tokenized(read.train);
  if (prompts.length === 0) {
    const message = `Too few prompts: method ppo needs at least 1 to train on (${asked.dataset} holds ${read.records} records; ${leftOut
      .list()
      .map(({ count, message }) => `${count} ${message}`)
      .join(", ")}).`;
    throw new DomainError("too-few-labels", message);
  }
  const validation = tokenized(read.validation);
  const { config, reasons } = completeRunConfig<"ppo">(asked, { examples: prompts.length, device });
  const schedule = scheduleBatches(
    prompts.map(() => null),
    { ...config, batchSize: config.rolloutBatchSize },
  );
  const oddities = new LeftOutCounter();
  const questions = [...prompts, ...validation].map(({ place, prompt }) => ({ place, prompt }));
  nameControlTokens(questions, controlTokensOf(policy.chat.tokenizer), oddities);
  const ledger: RunLedger = {
    dataset: asked.dataset,
    records: read.records,
    train: prompts.length,
    validation: validation.length,
    leftOut: leftOut.list(),
    odd: oddities.list(),
    lengths: null,
  };
  const heldOut = heldOutPrompts(validation);
  if (heldOut.length > 0) {
    const every = heldOutEvery(config, schedule.length);
    const which = heldOut.length < validation.length ? `The first ${heldOut.length} of` : "All";
    const often = every === 1 ? "after each iteration" : `every ${every} iterations`;
    const text = `${which} ${validation.length} validation prompts are answered and scored before the first iteration and ${often}.`;
    reasons.push({ field: "evaluateEvery", text });
  }
  const mixed = tokenizeMixedText(texts, policy.chat, config, longest);
  reasons.push(...modelReasons(policy), ...mixed.reasons);
  const lengths = prompts.map(({ ids }) => ids.length);
  const shape = shapeOf(policy.model.config);
  const held = [
    config,
    shape,
    lengths,
    config.rewardModels.length,
    presentOperations(),
    mixedTokens(mixed.mixes),
  ] as const;
  reasons.push({ field: "memoryMode", text: describeMemoryModes(...held) });
  const memory = {
    estimate: estimatePpoMemory(...held),
    // The estimate includes what this process holds already.
    available: availableMemory() + process.memoryUsage().rss,
  };
  const warnings = [
    ...modelWarnings(policy),
    ...rangeWarnings(config, { examples: prompts.length, fromAdapter: config.adapter !== undefined }),
    ...noteWarnings([read.notes, ...texts.notes], policy.chat.chatTemplate),
    ...mixed.warnings,
    ...oddityWarnings(ledger.odd, "prompt"),
    ...memoryWarnings(memory.estimate, memory.available),
  ];
  yield { type: "resolved", config, ledger, reasons, warnings, totalSteps: schedule.length, memory };
  const { mixes } = mixed;
  const mixedIds = mixes.flatMap(({ sequences }) => sequences.map(({ ids }) => ids));
  const identity = await identifyRun(config, prompts, mixedIds);
  return { config, policy, prompts, heldOut, mixes, schedule, identity };
}
