/**
 * Counts the optimizer steps of a run (for PPO, the iterations): those of its epochs (the last batch of each may be
 * smaller), and at most `maxSteps`.
 */
export function totalSteps(
  config: { epochs: number; maxSteps?: number } & ({ batchSize: number } | { rolloutBatchSize: number }),
  examples: number,
): number {
  const perEpoch = Math.ceil(examples / ("batchSize" in config ? config.batchSize : config.rolloutBatchSize));
  const steps = Math.ceil(perEpoch * config.epochs);
  return config.maxSteps === undefined ? steps : Math.min(steps, config.maxSteps);
}
