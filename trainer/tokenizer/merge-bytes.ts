import { isJsonObject, type JsonObject } from "../file-formats/json-file";
import { CHARACTER_OF_BYTE } from "./byte-level";

/** The ids of a word's bytes. */
export type MergeBytes = (bytes: Uint8Array) => number[];

/**
 * Byte-pair encoding (Sennrich et al. 2016, arXiv 1508.07909) of bytes by numbers: of all neighbours that have a merge,
 * the one of lowest rank, the leftmost first, becomes one token, until none is left. Merges wait in a heap, so that a
 * word of n bytes takes n log n steps.
 *
 * @param model the `model` of tokenizer.json
 * @returns null for a model of another form: a merge without a token, a token for unknown bytes, pieces marked by their
 * place in a word
 */
export function createMergeBytes(model: unknown): MergeBytes | null {
  if (!isJsonObject(model) || !isJsonObject(model.vocab) || !Array.isArray(model.merges)) return null;
  const { dropout, continuing_subword_prefix, continuing_subword_suffix, end_of_word_suffix, byte_fallback } = model;
  if (dropout || continuing_subword_prefix || continuing_subword_suffix || end_of_word_suffix || byte_fallback)
    return null;
  const vocabulary = new Map(Object.entries(model.vocab as Record<string, number>));
  const idsOfBytes = CHARACTER_OF_BYTE.map((character) => vocabulary.get(character));
  // Bytes that never occur in UTF-8 may lack a token, and are then left out.
  if (idsOfBytes.includes(undefined) && typeof model.unk_token === "string") return null;
  const merges = readMerges(model, vocabulary);
  if (!merges) return null;
  const { rankOf, mergedOf } = merges;

  return (bytes) => {
    if (model.ignore_merges) {
      // A model with `ignore_merges` takes a word that is a token as it is.
      const whole = vocabulary.get(Array.from(bytes, (byte) => CHARACTER_OF_BYTE[byte]).join(""));
      if (whole !== undefined) return [whole];
    }
    const count = bytes.length;
    const ids = Array.from(bytes, (byte) => idsOfBytes[byte] ?? NONE);
    // Pieces are kept by the place of their first byte, with the places where the next piece and the one before begin.
    const next = ids.map((_, place) => place + 1);
    const before = ids.map((_, place) => place - 1);
    const heap: number[] = [];
    const propose = (place: number) => {
      const following = next[place] as number;
      if (following === count || ids[place] === NONE || ids[following] === NONE) return;
      const rank = rankOf(ids[place] as number, ids[following] as number);
      if (rank !== undefined) push(heap, rank * count + place);
    };
    for (let place = 0; place < count - 1; place++) propose(place);
    while (heap.length > 0) {
      const first = pop(heap);
      const place = first % count;
      const rank = (first - place) / count;
      const following = next[place] as number;
      // One of the two pieces may have gone into another piece meanwhile.
      if (ids[place] === GONE || following === count) continue;
      if (rankOf(ids[place] as number, ids[following] as number) !== rank) continue;
      ids[place] = mergedOf[rank] as number;
      ids[following] = GONE;
      next[place] = next[following] as number;
      if (next[place] !== count) before[next[place] as number] = place;
      if (place > 0) propose(before[place] as number);
      propose(place);
    }
    return ids.filter((id) => id >= 0);
  };
}

/** Marks a place whose byte has gone into the piece before it, and a byte without a token. */
const GONE = -1;
const NONE = -2;

type Merges = { rankOf: (left: number, right: number) => number | undefined; mergedOf: number[] };

function readMerges({ merges }: JsonObject, vocabulary: ReadonlyMap<string, number>): Merges | null {
  const ranks = new Map<number, number>();
  const mergedOf: number[] = [];
  const size = 1 + [...vocabulary.values()].reduce((most, id) => Math.max(most, id), 0);
  for (const [rank, merge] of (merges as unknown[]).entries()) {
    const [left, right] = (typeof merge === "string" ? merge.split(" ", 2) : merge) as [string, string];
    const [leftId, rightId, merged] = [left, right, left + right].map((token) => vocabulary.get(token));
    if (leftId === undefined || rightId === undefined || merged === undefined) return null;
    ranks.set(leftId * size + rightId, rank);
    mergedOf[rank] = merged;
  }
  return { rankOf: (left, right) => ranks.get(left * size + right), mergedOf };
}

/** A binary heap with the least number on top. */
function push(heap: number[], value: number): void {
  let place = heap.length;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if ((heap[parent] as number) <= value) break;
    heap[place] = heap[parent] as number;
    place = parent;
  }
  heap[place] = value;
}

function pop(heap: number[]): number {
  const top = heap[0] as number;
  const last = heap.pop() as number;
  if (heap.length === 0) return top;
  let place = 0;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child += 1;
    if ((heap[child] as number) >= last) break;
    heap[place] = heap[child] as number;
    place = child;
  }
  heap[place] = last;
  return top;
}
