import { DomainError } from "@/domain/errors";
import { derivedSeed } from "../engine/derived-seed";
import { createRandom, type Random } from "../engine/random";
import type { ModelConfig } from "../models/config";
import { bucketSize, type PackedBatch, packRows } from "../models/packing";
import { cacheBytesPerToken } from "./key-value-cache";
import type { GenerationOptions, GenerationRequest } from "./types";

/** One completion that is to be written. */
export interface Row {
  prompt: number;
  sample: number;
  promptIds: readonly number[];
  /** The number of new tokens that `maxTokens` and the context leave room for. */
  room: number;
  random: Random;
}

/** Rows that are generated together. */
export interface RowBatch {
  rows: Row[];
  /** Rows of the decoder, rounded up to a bucket so that few shapes occur. */
  width: number;
  capacity: number;
  prompts: PackedBatch;
  /** [width]: index of each row's prompt in `prompts`; surplus rows repeat the first. */
  promptOfRow: Int32Array;
  /** [width]: the slot where each row's prompt starts. */
  firstSlot: Int32Array;
}

const MAX_CACHE_BYTES = 2 ** 30;
const DEFAULT_ROWS = 32;

/**
 * Sorts completions into batches of prompts with similar lengths, samples of a prompt side by side (it is prefilled
 * once).
 * @throws DomainError if a prompt is empty, leaves no room in the context, or has ids outside of the vocabulary
 */
export function planRows(
  config: ModelConfig,
  requests: readonly GenerationRequest[],
  options: GenerationOptions,
): RowBatch[] {
  const rows = requests.flatMap((request, prompt) => {
    checkPrompt(config, request.promptIds, requests.length > 1 ? `prompt ${prompt + 1}` : "the prompt");
    const room = Math.min(options.maxTokens, config.maxPositions - request.promptIds.length);
    return Array.from({ length: options.samples ?? 1 }, (_, sample): Row => {
      const random = createRandom(
        derivedSeed(request.seed ?? options.seed ?? 0, request.seed === undefined ? prompt : 0, sample),
      );
      return { prompt, sample, promptIds: request.promptIds, room, random };
    });
  });
  rows.sort((a, b) => b.promptIds.length - a.promptIds.length || a.prompt - b.prompt || a.sample - b.sample);
  const batches: RowBatch[] = [];
  for (let start = 0; start < rows.length; ) {
    const slots = rows[start]!.promptIds.length + options.maxTokens;
    const fitting = Math.floor(MAX_CACHE_BYTES / (slots * cacheBytesPerToken(config)));
    const size = Math.max(1, Math.min(options.maxRows ?? DEFAULT_ROWS, fitting));
    batches.push(layOut(rows.slice(start, start + size), size));
    start += size;
  }
  return batches;
}

function layOut(rows: Row[], largest: number): RowBatch {
  const width = Math.min(largest, bucketSize(rows.length, rows.length <= 4 ? 1 : 4));
  const places = new Map<number, number>();
  for (const row of rows) if (!places.has(row.prompt)) places.set(row.prompt, places.size);
  const promptIds = [...places.keys()].map((prompt) => rows.find((row) => row.prompt === prompt)!.promptIds);
  const promptRows = Math.min(width, bucketSize(promptIds.length, promptIds.length <= 4 ? 1 : 4));
  const prompts = packRows(
    promptIds.map((ids) => ({ ids })),
    { align: "end", rows: promptRows },
  );
  const rowAt = (r: number) => rows[r] ?? rows[0]!;
  return {
    rows,
    width,
    // With few rows, attention over free slots costs little, so capacities are coarser and one step serves many lengths
    // of a conversation.
    capacity: bucketSize(prompts.time + Math.max(...rows.map(({ room }) => room)), width <= 4 ? 256 : 32),
    prompts,
    promptOfRow: Int32Array.from({ length: width }, (_, r) => places.get(rowAt(r).prompt)!),
    firstSlot: Int32Array.from({ length: width }, (_, r) => prompts.time - rowAt(r).promptIds.length),
  };
}

function checkPrompt({ maxPositions, vocabSize }: ModelConfig, ids: readonly number[], what: string): void {
  if (ids.length === 0) throw new DomainError("tokens-invalid", `${what} has no tokens.`);
  if (ids.length >= maxPositions) {
    const message = `${what} has ${ids.length} tokens, which leaves no room for a completion in the model's context of ${maxPositions}; shorten it.`;
    throw new DomainError("tokens-invalid", message);
  }
  const outside = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
  if (outside === undefined) return;
  throw new DomainError(
    "tokens-invalid",
    `${what}: token id ${outside} is not in the model's vocabulary (0 to ${vocabSize - 1}).`,
  );
}
