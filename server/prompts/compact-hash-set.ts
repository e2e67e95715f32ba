import { createHash } from "node:crypto";

const WORDS = 4;

/**
 * A set of hashes that keeps 128 bits of each: a million take 32 to 64 MB, where a Set of texts takes some hundreds. Two
 * different texts are taken for one with a chance of 10⁻²⁷ among a million.
 */
export class CompactHashSet {
  size = 0;
  private slots: Uint32Array;

  constructor(capacity = 1024) {
    this.slots = new Uint32Array(capacity * WORDS);
  }

  /** Adds a hash, written in hex digits. Returns whether it was new. */
  addHex(hash: string): boolean {
    return this.add(
      Number.parseInt(hash.slice(0, 8), 16),
      Number.parseInt(hash.slice(8, 16), 16),
      Number.parseInt(hash.slice(16, 24), 16),
      Number.parseInt(hash.slice(24, 32), 16),
    );
  }

  /** Adds a text by its SHA-256. Returns whether it was new. */
  addText(text: string): boolean {
    const hash = createHash("sha256").update(text).digest();
    return this.add(hash.readUInt32BE(0), hash.readUInt32BE(4), hash.readUInt32BE(8), hash.readUInt32BE(12));
  }

  private add(a: number, b: number, c: number, d: number): boolean {
    const last = (d | 1) >>> 0; // a free slot is told by a last word of 0, so one bit is given up
    if (!this.put(a, b, c, last)) return false;
    this.size += 1;
    if (2 * this.size * WORDS > this.slots.length) this.grow();
    return true;
  }

  private put(a: number, b: number, c: number, last: number): boolean {
    const { slots } = this;
    const count = slots.length / WORDS;
    for (let slot = a % count; ; slot = (slot + 1) % count) {
      const at = slot * WORDS;
      if (slots[at + 3] === 0) {
        slots.set([a, b, c, last], at);
        return true;
      }
      if (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c && slots[at + 3] === last) return false;
    }
  }

  private grow(): void {
    const before = this.slots;
    this.slots = new Uint32Array(2 * before.length);
    for (let at = 0; at < before.length; at += WORDS) {
      const last = before[at + 3] as number;
      if (last !== 0) this.put(before[at] as number, before[at + 1] as number, before[at + 2] as number, last);
    }
  }
}
