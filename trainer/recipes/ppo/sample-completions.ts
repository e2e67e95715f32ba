import type { PpoConfig } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import { derivedSeed } from "../../engine/derived-seed";
import type { Generator } from "../../generation/generate";
import type { Tokenizer } from "../../tokenizer/types";
import { RunStopped } from "../run-stopped";
import type { PpoPrompt } from "./prepare-ppo";
import type { Sample } from "./rollout";

/**
 * The rollout's completions, prompt by prompt, written by the compiled generator. They follow from the weights, the seed
 * and the iteration alone.
 */
export async function* sampleCompletions(
  generator: Generator,
  prompts: readonly PpoPrompt[],
  iteration: number,
  config: PpoConfig,
  { tokenizer, stopIds, signal }: { tokenizer: Tokenizer; stopIds: readonly number[]; signal: AbortSignal },
): AsyncGenerator<RunEvent, Sample[]> {
  const { samplesPerPrompt, temperature, topP, maxNewTokens, seed } = config;
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
      seed: derivedSeed(seed, iteration),
    },
  );
  const message = `Iteration ${iteration + 1}: writing completions`;
  yield { type: "phase", phase: "training", message, done: 0, total };
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
    if (done % 8 === 0) yield { type: "phase", phase: "training", message, done, total };
  }
  return samples;
}
