/**
 * Thirty-two bits that differ for every (seed, parts). Each draw of a run has a seed of its own, made from the run's seed
 * and its place (iteration, epoch), so that a resumed run needs no generator's state to draw the same.
 */
export function derivedSeed(seed: number, ...parts: number[]): number {
  let hash = 0;
  for (const part of [Math.trunc(seed), ...parts]) {
    hash = Math.imul(hash ^ (part + 0x9e3779b9), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}
