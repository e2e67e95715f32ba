/** The number of characters in which two texts end alike. */
export function commonSuffix(left: string, right: string): number {
  let common = 0;
  while (common < Math.min(left.length, right.length) && left.at(-1 - common) === right.at(-1 - common)) common++;
  return common;
}
