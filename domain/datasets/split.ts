import type { Message } from "../messages";

/** The share of prompts that are held out for validation. */
export const VALIDATION_SHARE = 0.1;

/**
 * Writes the text by which two prompts count as the same: Unicode NFKC, lower case, runs of white space as one space.
 * The roles are part of it, so that a system message is not taken for the user's.
 */
export function normalizePrompt(messages: readonly Message[]): string {
  return messages
    .map(({ role, content }) => `${role}: ${content.normalize("NFKC").toLowerCase().replace(RUN, " ").trim()}`)
    .join("\n");
}

/** A run of white space that is not one space already. To replace those as well would take most of the time. */
const RUN = /[^\S ]+\s*| \s+/gu;

/** Hashes a text with 64-bit FNV-1a over UTF-8, as 16 hex digits. The hash decides splits for ever: never change it. */
export function promptHash(messages: readonly Message[]): string {
  // The product with 2^40 + 0x1b3, modulo 2^64, is computed in four parts of 16 bits, the lowest first: they stay small
  // whole numbers, which is many times faster than BigInt and twice as fast as two halves.
  let [a, b, c, d] = [0x2325, 0x8422, 0x9ce4, 0xcbf2];
  const bytes = new TextEncoder().encode(normalizePrompt(messages));
  for (let at = 0; at < bytes.length; at++) {
    const low = a ^ (bytes[at] as number);
    const first = low * 0x1b3;
    const second = b * 0x1b3 + (first >>> 16);
    const third = c * 0x1b3 + (low << 8) + (second >>> 16);
    d = (d * 0x1b3 + (b << 8) + (third >>> 16)) & 0xffff;
    a = first & 0xffff;
    b = second & 0xffff;
    c = third & 0xffff;
  }
  return [d, c, b, a].map((part) => part.toString(16).padStart(4, "0")).join("");
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
