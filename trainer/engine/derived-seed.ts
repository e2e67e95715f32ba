/**
 * A hash of a seed and a place: thirty-two bits that differ for every (seed, parts). Each draw of a run has a seed of its
 * own, made from the run's seed and its place (iteration, epoch; prompt, sample), so that a resumed run needs no generator's
 * state to draw the same. Each part goes through a whole round of mixing before the next one comes, so that neighbours in
 * one part (seed 1, prompt 1) and in another (seed 2, prompt 0) have nothing in common.
 *
 * @param seed a whole number; both its halves count, up to 2⁵³
 * @param parts whole numbers of 32 bits
 * @returns 32 bits, unsigned
 */
export function derivedSeed(seed: number, ...parts: number[]): number {
  const whole = Math.trunc(seed);
  let hash = 0;
  for (const part of [Math.floor(whole / 2 ** 32), whole, ...parts]) hash = mix((hash + 0x9e3779b9) ^ part);
  return hash >>> 0;
}

/**
 * Mixes bits with the finalizer of MurmurHash3 (Appleby), which is one to one and lets every bit of the input change
 * half of the output's bits.
 */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
