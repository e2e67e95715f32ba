import { type ConvertibleLabel, LABEL_KINDS, type LabelKind, labelKinds, type StoredOf } from "../labels/kinds";
import { bootstrapCounts } from "../statistics/bootstrap-counts";
import type { AgreementFigure, AgreementMeasure } from "./agreement-figure";

export interface KindAgreement {
  kind: LabelKind;
  labels: number;
  /** The number of tasks that at least two people judged, on which the figures rest. */
  sharedTasks: number;
  figures: AgreementFigure[];
  /** The reason why agreement is undefined for this kind of label; null where it has figures. */
  undefinedBecause: string | null;
}

interface KindCounts {
  labels: number;
  sharedTasks: number;
  /** The tasks by what they add to the sums: many are judged alike, so that they are counted instead of kept. */
  tasks: Map<string, { sums: number[]; count: number }>;
}

/** Counts, task by task, what says how far people agree. */
export class AgreementCounter {
  private readonly kinds = new Map<LabelKind, KindCounts>();

  /** Adds the labels of one task, which count. */
  add(labels: readonly ConvertibleLabel[]): void {
    const [first] = labels;
    if (first) this.addOf(first.kind, labels);
  }

  private addOf<Kind extends LabelKind>(kind: Kind, labels: readonly ConvertibleLabel[]): void {
    const counts = this.kinds.get(kind) ?? { labels: 0, sharedTasks: 0, tasks: new Map() };
    this.kinds.set(kind, counts);
    counts.labels += labels.length;
    if (labels.length < 2) return;
    counts.sharedTasks += 1;
    const { agreement } = LABEL_KINDS[kind];
    if ("undefinedBecause" in agreement) return;
    // All labels of a task have the kind that the task asks for.
    const sums = (agreement as AgreementMeasure<StoredOf<Kind>>).sums(labels as readonly StoredOf<Kind>[]);
    const key = sums.join(" ");
    const alike = counts.tasks.get(key);
    if (alike) alike.count += 1;
    else counts.tasks.set(key, { sums, count: 1 });
  }

  /**
   * Measures how far people agree, kind by kind. Each figure has a 95 % interval over tasks, and is null where it is
   * undefined. Kinds without any figure come last.
   * @param pause is awaited while the intervals are computed
   */
  async measure(pause: () => Promise<void> | undefined): Promise<KindAgreement[]> {
    const kinds: KindAgreement[] = [];
    for (const kind of labelKinds) {
      const counts = this.kinds.get(kind);
      if (counts) kinds.push(await measureKind(kind, counts, pause));
    }
    return [
      ...kinds.filter(({ undefinedBecause }) => undefinedBecause === null),
      ...kinds.filter(({ undefinedBecause }) => undefinedBecause !== null),
    ];
  }
}

async function measureKind(
  kind: LabelKind,
  { labels, sharedTasks, tasks }: KindCounts,
  pause: () => Promise<void> | undefined,
): Promise<KindAgreement> {
  const { agreement } = LABEL_KINDS[kind];
  const counts = { kind, labels, sharedTasks };
  if ("undefinedBecause" in agreement) return { ...counts, figures: [], undefinedBecause: agreement.undefinedBecause };
  const { figures } = agreement;
  const alike = [...tasks.values()];
  const total = new Float64Array(alike[0]?.sums.length ?? 0);
  const estimates = await bootstrapCounts(
    alike.map(({ count }) => count),
    (drawn) => {
      total.fill(0);
      alike.forEach(({ sums }, place) => {
        const count = drawn[place] ?? 0;
        if (count > 0) for (let at = 0; at < total.length; at++) total[at] = (total[at] ?? 0) + count * (sums[at] ?? 0);
      });
      const sums = Array.from(total);
      return figures.map(({ of }) => of(sums));
    },
    pause,
  );
  return {
    ...counts,
    figures: figures.map(({ name, meaning }, place) => ({
      name,
      meaning,
      estimate: estimates[place] ?? { value: null, low: null, high: null, n: 0 },
    })),
    undefinedBecause: null,
  };
}
