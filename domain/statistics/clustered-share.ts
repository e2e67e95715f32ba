export interface Share {
  /** How many of `count` it is. */
  hits: number;
  count: number;
  /** hits ÷ count; null where there is nothing to count. */
  share: number | null;
  /** 95 %. */
  low: number | null;
  high: number | null;
}

/** Half the width of a 95 % interval, in standard errors. */
const Z = 1.959963985;

/**
 * A share with its 95 % Wilson interval. Observations come in clusters (all pairs of one task hang together), so the
 * interval counts as many independent observations as give the variance between clusters: n_eff = p(1−p) ÷ v with
 * v = C/(C−1) · Σ (x_c − p·n_c)² ÷ n². Where nothing varies (all hits, or none) each cluster counts once.
 * Wilson 1927; Korn & Graubard 1998 for the effective count.
 */
export function clusteredShare(observations: Iterable<{ cluster: string; hit: boolean }>): Share {
  const clusters = new Map<string, { hits: number; count: number }>();
  let hits = 0;
  let count = 0;
  for (const { cluster, hit } of observations) {
    const one = clusters.get(cluster) ?? { hits: 0, count: 0 };
    clusters.set(cluster, { hits: one.hits + Number(hit), count: one.count + 1 });
    hits += Number(hit);
    count += 1;
  }
  if (count === 0) return { hits, count, share: null, low: null, high: null };
  const share = hits / count;
  const [low, high] = wilson(share, effectiveCount([...clusters.values()], share, count));
  return { hits, count, share, low, high };
}

function effectiveCount(clusters: { hits: number; count: number }[], share: number, count: number): number {
  const size = clusters.length;
  if (size < 2 || share === 0 || share === 1) return size;
  const squares = clusters.reduce((sum, one) => sum + (one.hits - share * one.count) ** 2, 0);
  const variance = ((size / (size - 1)) * squares) / count ** 2;
  return variance === 0 ? size : Math.min(count, (share * (1 - share)) / variance);
}

function wilson(share: number, count: number): [number, number] {
  const centre = (share + Z ** 2 / (2 * count)) / (1 + Z ** 2 / count);
  const half = (Z / (1 + Z ** 2 / count)) * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
