import type { PpoConfig } from "@/domain/runs/run-config";
import type { RunEvent, RunPhase } from "@/domain/runs/run-events";
import type { Generator } from "../../generation/generate";
import type { Tokenizer } from "../../tokenizer/types";
import { RunStopped } from "../run-stopped";
import type { PpoPrompt } from "./prepare-ppo";
import type { Sample } from "./rollout";

/** The inputs that a draw of completions depends on besides weights and prompts, and its name in messages. */
export type Draw = { seed: number; samplesPerPrompt: number; phase: RunPhase; message: string };

export type HowToWrite = { tokenizer: Tokenizer; stopIds: readonly number[]; signal: AbortSignal };

/**
 * Writes completions, prompt by prompt, with the compiled generator. They follow from the weights and the draw alone.
 */
export async function* sampleCompletions(
  generator: Generator,
  prompts: readonly PpoPrompt[],
  { seed, samplesPerPrompt, phase, message }: Draw,
  { temperature, topP, maxNewTokens }: Pick<PpoConfig, "temperature" | "topP" | "maxNewTokens">,
  { tokenizer, stopIds, signal }: HowToWrite,
): AsyncGenerator<RunEvent, Sample[]> {
  const total = prompts.length * samplesPerPrompt;
  const samples: Sample[] = [];
  const events = generator.generate(
    prompts.map(({ ids }) => ({ promptIds: ids })),
    {
      maxTokens: maxNewTokens,
      stopIds,
      samples: samplesPerPrompt,
      temperature,
      topP,
      seed,
    },
  );
  yield { type: "phase", phase, message, done: 0, total };
  let done = 0;
  for await (const event of events) {
    if (signal.aborted) throw new RunStopped();
    if (event.kind !== "completion") continue;
    const { prompt: group, sample, ids, finish } = event;
    samples[group * samplesPerPrompt + sample] = {
      prompt: prompts[group] as PpoPrompt,
      group,
      ids,
      ended: finish === "stop",
      text: tokenizer.decode(ids, { skipSpecialTokens: true }),
    };
    done += 1;
    if (done % 8 === 0) yield { type: "phase", phase, message, done, total };
  }
  return samples;
}
