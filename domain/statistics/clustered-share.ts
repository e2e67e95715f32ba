import { type Share, wilsonInterval } from "./share";

/**
 * A share of observations that come in clusters (all pairs of one prompt hang together). Its 95 % interval is Wilson's
 * for as many independent observations as give the variance between clusters: n_eff = p(1−p) ÷ v with v = C/(C−1) · Σ
 * (x_c − p·n_c)² ÷ n². Where nothing varies (all hits, or none) each cluster counts once. Korn & Graubard 1998.
 */
export function clusteredShare(observations: Iterable<{ cluster: string; hit: boolean }>): Share {
  const share = new ClusteredShare();
  for (const { cluster, hit } of observations) share.add(cluster, hit);
  return share.share();
}

/** Takes the observations of a clustered share one after the other, and keeps only the counts of their clusters. */
export class ClusteredShare {
  private readonly clusters = new Map<string, { count: number; of: number }>();

  add(cluster: string, hit: boolean): void {
    const counts = this.clusters.get(cluster) ?? { count: 0, of: 0 };
    counts.count += Number(hit);
    counts.of += 1;
    this.clusters.set(cluster, counts);
  }

  share(): Share {
    const clusters = [...this.clusters.values()];
    const count = clusters.reduce((sum, one) => sum + one.count, 0);
    const of = clusters.reduce((sum, one) => sum + one.of, 0);
    if (of === 0) return { count, of, value: null, low: null, high: null };
    const value = count / of;
    return { count, of, value, ...wilsonInterval(value, effectiveCount(clusters, value, of)) };
  }
}

function effectiveCount(clusters: { count: number; of: number }[], value: number, total: number): number {
  const size = clusters.length;
  if (size < 2 || value === 0 || value === 1) return size;
  const squares = clusters.reduce((sum, { count, of }) => sum + (count - value * of) ** 2, 0);
  const variance = ((size / (size - 1)) * squares) / total ** 2;
  return variance === 0 ? size : Math.min(total, (value * (1 - value)) / variance);
}
