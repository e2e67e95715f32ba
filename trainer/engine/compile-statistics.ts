/** Matrix products of a recording: how often each shape occurs, by `productKey`. */
export type ProductCounts = ReadonlyMap<string, number>;

/** One kind of matrix product: `batch` times [m, k] · [k, n], either side stored the other way round. */
export interface ProductShape {
  batch: number;
  m: number;
  k: number;
  n: number;
  transposeA: boolean;
  transposeB: boolean;
}

/** The time that a recording cost and the times of its runs. */
export interface RecordingTimes {
  label: string;
  recordSeconds: number;
  products: ProductCounts;
  runs: number;
  /** Seconds of all runs together. */
  runSeconds: number;
  firstRunSeconds: number | null;
  quickestLaterSeconds: number | null;
}

const all: RecordingTimes[] = [];

/** All recordings of this process, in the order in which they were made. */
export const recordingTimes = (): readonly RecordingTimes[] => all;

/** Notes a recording; `compile` calls this for each one. */
export function noteRecording(label: string, recordSeconds: number, products: ProductCounts): RecordingTimes {
  const runs = { runs: 0, runSeconds: 0, firstRunSeconds: null, quickestLaterSeconds: null };
  const times = { label, recordSeconds, products, ...runs };
  all.push(times);
  return times;
}

export function noteRun(times: RecordingTimes, seconds: number): void {
  times.runs += 1;
  times.runSeconds += seconds;
  if (times.firstRunSeconds === null) times.firstRunSeconds = seconds;
  else times.quickestLaterSeconds = Math.min(seconds, times.quickestLaterSeconds ?? seconds);
}

/**
 * Seconds that first runs took beyond later ones, while TensorFlow optimised the graph and made its kernels. A
 * recording that ran once counts with the mean excess of the others.
 */
export function firstRunExcess(recordings: readonly RecordingTimes[]): number {
  const ran = recordings.filter(({ runs }) => runs > 0);
  const excesses = ran.flatMap(({ firstRunSeconds, quickestLaterSeconds }) =>
    quickestLaterSeconds === null ? [] : [Math.max(0, firstRunSeconds! - quickestLaterSeconds)],
  );
  if (excesses.length === 0) return 0;
  return (excesses.reduce((sum, excess) => sum + excess, 0) / excesses.length) * ran.length;
}

export function productKey({ batch, m, k, n, transposeA, transposeB }: ProductShape): string {
  return [batch, m, k, n, transposeA ? 1 : 0, transposeB ? 1 : 0].join();
}

export function parseProductKey(key: string): ProductShape {
  const [batch, m, k, n, transposeA, transposeB] = key.split(",").map(Number) as [number, ...number[]];
  return { batch, m: m!, k: k!, n: n!, transposeA: transposeA === 1, transposeB: transposeB === 1 };
}

/** Multiplications and additions of all products. */
export function productOperations(products: ProductCounts): number {
  let operations = 0;
  for (const [key, count] of products) {
    const { batch, m, k, n } = parseProductKey(key);
    operations += 2 * batch * m * k * n * count;
  }
  return operations;
}
