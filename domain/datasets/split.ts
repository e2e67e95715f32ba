import type { Message } from "../messages";

/** The share of prompts that are held out for validation. */
export const VALIDATION_SHARE = 0.1;

/**
 * Writes the text by which two prompts count as the same: Unicode NFKC, lower case, runs of white space as one space.
 * The roles are part of it, so that a system message is not taken for the user's.
 */
export function normalizePrompt(messages: readonly Message[]): string {
  return messages
    .map(({ role, content }) => `${role}: ${content.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim()}`)
    .join("\n");
}

/** Hashes a text with 64-bit FNV-1a over UTF-8, as 16 hex digits. The hash decides splits for ever: never change it. */
export function promptHash(messages: readonly Message[]): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const byte of new TextEncoder().encode(normalizePrompt(messages))) {
    low = (low ^ byte) >>> 0;
    // The product with 2^40 + 0x1b3, modulo 2^64, is computed in two halves, because BigInt takes seconds for a large
    // file.
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 2 ** 32) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
}

/**
 * Decides the split of a prompt by its hash alone, so that no prompt ever crosses from validation to training between
 * dataset versions or projects. Short texts leave FNV's low bits uneven, so they are mixed once more (MurmurHash3's
 * finaliser).
 */
export function splitOfHash(hash: string): "train" | "validation" {
  let mixed = BigInt(`0x${hash}`);
  mixed ^= mixed >> 33n;
  mixed = (mixed * 0xff51afd7ed558ccdn) & 0xffffffffffffffffn;
  mixed ^= mixed >> 33n;
  return Number(mixed >> 11n) / 2 ** 53 < VALIDATION_SHARE ? "validation" : "train";
}
