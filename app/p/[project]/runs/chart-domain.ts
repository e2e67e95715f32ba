/** A line that never moves gets some room above and below, and a range that it cannot leave is not left by the axis. */
export function domainOf(
  within: readonly [number, number | "auto"] | undefined,
  values: number[],
): [number | "auto", number | "auto"] {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (low !== high) return within ? [...within] : ["auto", "auto"];
  const room = Math.abs(low) / 2 || 0.1;
  return within ? [within[0], within[1] === "auto" ? high + room : within[1]] : [low - room, high + room];
}
