import { createRandom } from "../engine/random";

/**
 * One optimizer step's examples. `epoch` is the number of epochs that are over after the step, so 0.5 is the middle of
 * the first.
 */
export type ScheduledBatch = { epoch: number; indices: number[] };

/**
 * Gives all batches of a run, in order. They follow from the arguments alone, so a resumed run finds its place by its
 * step number. Each epoch has an order of its own; its last batch may be smaller.
 *
 * @param groupIds one an example; examples with equal ids stay in one batch (all pairs of one ranking)
 */
export function scheduleBatches(
  groupIds: readonly (string | null)[],
  {
    batchSize,
    epochs,
    maxSteps = Number.POSITIVE_INFINITY,
    shuffle,
    seed,
  }: { batchSize: number; epochs: number; maxSteps?: number; shuffle: boolean; seed: number },
): ScheduledBatch[] {
  const units = groupUnits(groupIds);
  const schedule: ScheduledBatch[] = [];
  for (let epoch = 0; epoch < epochs && schedule.length < maxSteps; epoch++) {
    const order = shuffle ? createRandom(seed + epoch).shuffle([...units]) : units;
    const batches = cutIntoBatches(order, batchSize);
    const wanted = Math.ceil(batches.length * Math.min(1, epochs - epoch));
    batches.slice(0, wanted).forEach((indices, index) => {
      schedule.push({ epoch: epoch + (index + 1) / batches.length, indices });
    });
  }
  return schedule.slice(0, maxSteps);
}

/**
 * Puts examples of similar length side by side, so that little is padded; the sum over the batch does not depend on the
 * order.
 */
export function splitIntoMicroBatches(
  indices: readonly number[],
  lengthOf: (index: number) => number,
  microBatchSize: number,
): number[][] {
  const sorted = [...indices].sort((a, b) => lengthOf(b) - lengthOf(a) || a - b);
  return Array.from({ length: Math.ceil(sorted.length / microBatchSize) }, (_, index) =>
    sorted.slice(index * microBatchSize, (index + 1) * microBatchSize),
  );
}

/**
 * Fills rows with several examples up to `capacity` tokens by best fit, longest first; a longer example has a row of
 * its own. The result follows from the arguments alone.
 */
export function fillRows(
  indices: readonly number[],
  lengthOf: (index: number) => number,
  capacity: number,
): number[][] {
  const rows: { examples: number[]; free: number }[] = [];
  for (const index of [...indices].sort((a, b) => lengthOf(b) - lengthOf(a) || a - b)) {
    const length = lengthOf(index);
    let best: (typeof rows)[number] | undefined;
    for (const row of rows) {
      if (row.free >= length && (!best || row.free < best.free)) best = row;
    }
    if (best) {
      best.examples.push(index);
      best.free -= length;
    } else {
      rows.push({ examples: [index], free: capacity - length });
    }
  }
  return rows.map(({ examples }) => examples);
}

function groupUnits(groupIds: readonly (string | null)[]): number[][] {
  const units: number[][] = [];
  const byGroup = new Map<string, number[]>();
  groupIds.forEach((groupId, index) => {
    const known = groupId === null ? undefined : byGroup.get(groupId);
    if (known) {
      known.push(index);
      return;
    }
    const unit = [index];
    units.push(unit);
    if (groupId !== null) byGroup.set(groupId, unit);
  });
  return units;
}

/** Ends a batch at the first end of a group at or after the batch size, so that a group is never torn apart. */
function cutIntoBatches(units: readonly number[][], batchSize: number): number[][] {
  const batches: number[][] = [];
  let batch: number[] = [];
  for (const unit of units) {
    batch.push(...unit);
    if (batch.length >= batchSize) {
      batches.push(batch);
      batch = [];
    }
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
