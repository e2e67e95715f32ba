import { DomainError } from "@/domain/errors";
import type { CausalLanguageModel } from "../models/types";
import { createDecoder, type Decoder, type SamplingSettings } from "./decoder";
import { planRows, type RowBatch } from "./row-plan";
import type { FinishReason, GeneratedCompletion, GenerationEvent, GenerationOptions, GenerationRequest } from "./types";

/** Keeps compiled steps and caches between calls, so that a playground's second answer starts at once. */
export interface Generator {
  /** Generates completions; only one generation may run at a time. */
  generate(requests: readonly GenerationRequest[], options: GenerationOptions): AsyncGenerator<GenerationEvent>;
  dispose(): void;
}

/** The number of caches that are kept for further calls; the one that was unused for longest goes first. */
const DECODERS = 2;

export function createGenerator(model: CausalLanguageModel): Generator {
  const decoders = new Map<string, Decoder>();
  const decoderFor = ({ width, capacity }: RowBatch, adapter: boolean): Decoder => {
    const key = `${width}×${capacity} ${adapter}`;
    const known = decoders.get(key);
    decoders.delete(key);
    for (const [oldest, decoder] of decoders) {
      if (known || decoders.size < DECODERS) break;
      decoder.dispose();
      decoders.delete(oldest);
    }
    const decoder = known ?? createDecoder(model, width, capacity, adapter);
    decoders.set(key, decoder);
    return decoder;
  };

  return {
    async *generate(requests, options) {
      const sampling = samplingSettings(options);
      for (const batch of planRows(model.config, requests, options)) {
        options.signal?.throwIfAborted();
        yield* generateBatch(decoderFor(batch, options.adapter ?? true), batch, sampling, options);
      }
    },
    dispose: () => {
      for (const decoder of decoders.values()) decoder.dispose();
      decoders.clear();
    },
  };
}

/**
 * Completes prompts, batched and cached, and gives an event for each token as it comes and one for each finished
 * completion.
 * @throws DomainError for a prompt that does not fit or an option out of range; the signal's reason when aborted
 */
export async function* generate(
  model: CausalLanguageModel,
  requests: readonly GenerationRequest[],
  options: GenerationOptions,
): AsyncGenerator<GenerationEvent> {
  const generator = createGenerator(model);
  try {
    yield* generator.generate(requests, options);
  } finally {
    generator.dispose();
  }
}

/** Gives all completions, sorted by prompt and sample. */
export async function generateAll(
  model: CausalLanguageModel,
  requests: readonly GenerationRequest[],
  options: GenerationOptions,
): Promise<GeneratedCompletion[]> {
  const completions: GeneratedCompletion[] = [];
  for await (const event of generate(model, requests, options)) {
    if (event.kind === "token") continue;
    const { kind: _, ...completion } = event;
    completions.push(completion);
  }
  return completions.sort((a, b) => a.prompt - b.prompt || a.sample - b.sample);
}

async function* generateBatch(
  decoder: Decoder,
  batch: RowBatch,
  sampling: SamplingSettings,
  options: GenerationOptions,
): AsyncGenerator<GenerationEvent> {
  const { rows, width, prompts, promptOfRow, firstSlot } = batch;
  const written: number[][] = rows.map(() => []);
  const open = new Set(rows.keys());
  let ids = await decoder.prefill(prompts, promptOfRow, sampling, drawUniforms(batch));
  for (let step = 0; ; step++) {
    for (const r of [...open]) {
      const { prompt, sample, room } = rows[r]!;
      const id = ids[r]!;
      written[r]!.push(id);
      yield { kind: "token", prompt, sample, id };
      const finish = finishReason(id, written[r]!.length, room, options);
      if (!finish) continue;
      open.delete(r);
      yield { kind: "completion", prompt, sample, ids: written[r]!, finish };
    }
    if (open.size === 0) return;
    // The pause lets timers, messages and aborts through, because a step blocks the process while TensorFlow computes.
    await new Promise((resolve) => setImmediate(resolve));
    options.signal?.throwIfAborted();
    ids = await decoder.next(ids, prompts.time + step, firstSlot, sampling, drawUniforms(batch));
    if (ids.length !== width) throw new Error(`decoder gave ${ids.length} tokens for ${width} rows`);
  }
}

function finishReason(id: number, length: number, room: number, options: GenerationOptions): FinishReason | null {
  if (options.stopIds.includes(id)) return "stop";
  if (length < room) return null;
  return room < options.maxTokens ? "context" : "length";
}

/**
 * Draws one number for each row from the row's own generator. It has 23 bits, so that u · total stays below total in
 * float32.
 */
function drawUniforms({ rows, width }: RowBatch): Float32Array {
  return Float32Array.from({ length: width }, (_, r) => Math.floor((rows[r]?.random.next() ?? 0) * 2 ** 23) / 2 ** 23);
}

function samplingSettings({
  greedy,
  temperature = 1,
  topP = 1,
  maxTokens,
  samples = 1,
}: GenerationOptions): SamplingSettings {
  const check = (holds: boolean, message: string) => {
    if (!holds) throw new DomainError("options-invalid", message);
  };
  check(Number.isInteger(maxTokens) && maxTokens > 0, `maxTokens should be a whole number above 0, not ${maxTokens}.`);
  check(Number.isInteger(samples) && samples > 0, `samples should be a whole number above 0, not ${samples}.`);
  check(temperature >= 0 && temperature <= 10, `temperature should be between 0 and 10, not ${temperature}.`);
  check(topP > 0 && topP <= 1, `topP should be above 0 and at most 1, not ${topP}.`);
  const isGreedy = greedy || temperature === 0;
  return { mode: isGreedy ? "greedy" : topP < 1 ? "nucleus" : "all", temperature: isGreedy ? 1 : temperature, topP };
}
