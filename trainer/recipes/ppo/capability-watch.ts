import { CAPABILITY_SUITES, SUITE_NAMES, type SuiteName } from "@/domain/evaluation/suites";
import { SUITE_PREFIX } from "@/domain/runs/rollout-metrics";
import type { PpoConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import type { Share } from "@/domain/statistics/share";
import { ANSWER_OPENING, evaluateCapability } from "../../evaluation/evaluate-capability";
import type { CausalLanguageModel } from "../../models/types";
import type { OptimizerTensor } from "../../optimizers/optimizer-state";
import { type Chat, tokenizeExample } from "../../tokenizer/tokenize-example";
import type { LearnedSequence } from "../pack-completions";
import { breathe } from "../run-stopped";
import type { TextMix } from "../text-mix";

type WatchSettings = Pick<PpoConfig, "suiteThreshold" | "suiteThresholds" | "practiceMixRatio" | "minibatchSize">;

/** The accuracy of a suite that was never scored. */
const UNKNOWN = -1;
const STATE = "ppo/suites";

/**
 * Guards against forgetting: scores the capability suites during a run. When one falls below its threshold, its
 * practice questions (never those that are scored) are mixed into the policy's steps until it is back.
 */
export class CapabilityWatch {
  private readonly start = new Map<SuiteName, number>();
  private readonly fallen = new Set<SuiteName>();
  private readonly practice: Record<SuiteName, LearnedSequence[]>;

  constructor(
    private readonly chat: Chat,
    private readonly settings: WatchSettings,
  ) {
    const practiceOf = (name: SuiteName) =>
      CAPABILITY_SUITES[name].practice.map(([question, answer]): LearnedSequence => {
        const { promptIds, completionIds } = tokenizeExample(chat, {
          prompt: [{ role: "user", content: question }],
          completion: [{ role: "assistant", content: ANSWER_OPENING + answer }],
        });
        const ids = [...promptIds, ...completionIds];
        return { ids, learned: [{ start: Math.max(1, promptIds.length), end: ids.length }] };
      });
    this.practice = { math: practiceOf("math"), coding: practiceOf("coding"), reasoning: practiceOf("reasoning") };
  }

  /** The text that the policy's steps learn besides the rollout: none while all suites are above their thresholds. */
  get mix(): TextMix {
    const { practiceMixRatio, minibatchSize } = this.settings;
    const practised = () => SUITE_NAMES.filter((name) => this.fallen.has(name)).flatMap((name) => this.practice[name]);
    return {
      name: "practice",
      weight: practiceMixRatio,
      size: Math.max(1, Math.round(practiceMixRatio * minibatchSize)),
      get sequences() {
        return practised();
      },
    };
  }

  /** Scores every suite, and reports which fell and which is back. */
  async *look(
    model: CausalLanguageModel,
    { step, epoch }: { step: number; epoch: number },
    signal: AbortSignal,
  ): AsyncGenerator<RunEvent> {
    const metrics: Record<`suites/${string}`, number> = {};
    for (const name of SUITE_NAMES) {
      const message = `Scoring the suite ${CAPABILITY_SUITES[name].title}`;
      yield { type: "phase", phase: "validating", message };
      const options = { onProgress: () => breathe(signal) };
      const { accuracy } = await evaluateCapability({ ...this.chat, model }, CAPABILITY_SUITES[name], options);
      const value = Math.fround(accuracy.value ?? 0);
      metrics[`${SUITE_PREFIX}${name}`] = value;
      if (!this.start.has(name)) this.start.set(name, value);
      const change = this.judge(name, accuracy);
      if (change) yield { type: "notice", level: "warn", message: change };
    }
    yield { type: "evaluation", step, epoch, metrics };
  }

  /**
   * Judges a suite. It has fallen if the whole 95 % interval of its accuracy lies below the threshold: a few questions
   * more or less of two dozen are chance. It is back as soon as its accuracy itself is above the threshold again.
   */
  private judge(name: SuiteName, { value, high, count, of }: Share): string | null {
    if (value === null || high === null) return null;
    const { suiteThreshold, suiteThresholds = {} } = this.settings;
    const least = suiteThresholds[name] ?? (this.start.get(name) ?? 0) - suiteThreshold;
    const percent = (share: number) => `${Math.round(100 * share)} %`;
    const { title } = CAPABILITY_SUITES[name];
    if (high < least && !this.fallen.has(name)) {
      this.fallen.add(name);
      return `${title} fell to ${percent(value)} (${count} of ${of} questions, at most ${percent(high)} by its 95 % interval), below ${percent(least)}: its practice questions are mixed in.`;
    }
    if (value >= least && this.fallen.delete(name)) return `${title} is back at ${percent(value)}.`;
    return null;
  }

  /**
   * The watch's state for a checkpoint, exact in single precision: accuracy at the start, and whether it has fallen,
   * suite by suite.
   */
  exportState(): OptimizerTensor {
    const data = Float32Array.from(
      SUITE_NAMES.flatMap((name) => [this.start.get(name) ?? UNKNOWN, this.fallen.has(name) ? 1 : 0]),
    );
    return { name: STATE, shape: [data.length], data };
  }

  importState(tensors: readonly OptimizerTensor[]): void {
    const data = tensors.find(({ name }) => name === STATE)?.data ?? [];
    SUITE_NAMES.forEach((name, index) => {
      const [start = UNKNOWN, isFallen = 0] = [data[2 * index], data[2 * index + 1]];
      if (start !== UNKNOWN) this.start.set(name, start);
      if (isFallen === 1) this.fallen.add(name);
    });
  }
}
