import { type StoredComparison, VERDICTS, verdictOf } from "../labels/comparison";
import { type ConvertibleLabel, ofKind } from "../labels/kinds";
import type { Estimate } from "../statistics/bootstrap";
import { bootstrapCounts } from "../statistics/bootstrap-counts";
import { cohenKappa } from "./agreement";

/** Two people who compared the same pairs of completions. */
export interface PairOfPeople {
  annotatorIds: [string, string];
  /** The number of comparisons that both people answered. */
  shared: number;
  /** Cohen’s κ of these comparisons; null where it is undefined. */
  kappa: number | null;
  /** How often the one gave one verdict and the other another, row by row. */
  table: number[];
}

const SIZE = VERDICTS.length ** 2;

/** Counts, task by task, what every two people said of the same comparisons. */
export class PairTables {
  private readonly people = new Map<string, number>();
  /** The place of a pair's table in `cells`, by the numbers of both people. */
  private readonly places = new Map<number, number>();
  private cells = new Uint32Array(1024 * SIZE);

  /** Adds the labels of one task, which count. */
  add(labels: readonly ConvertibleLabel[]): void {
    const given = ofKind("comparison", labels)
      .map((label) => ({ by: this.numberOf(label.annotatorId), verdict: verdictNumber(label) }))
      .sort((a, b) => a.by - b.by);
    given.forEach((one, i) => {
      for (const two of given.slice(i + 1)) {
        const cell = this.placeOf(one.by, two.by) * SIZE + one.verdict * VERDICTS.length + two.verdict;
        this.cells[cell] = (this.cells[cell] ?? 0) + 1;
      }
    });
  }

  /** All pairs, those with most in common first. */
  pairs(): PairOfPeople[] {
    const ids = [...this.people.keys()];
    const pairs = [...this.places].map(([pair, place]): PairOfPeople => {
      const table = Array.from(this.cells.subarray(place * SIZE, (place + 1) * SIZE));
      const shared = table.reduce((sum, count) => sum + count, 0);
      const annotatorIds: [string, string] = [ids[Math.floor(pair / MOST_PEOPLE)] ?? "", ids[pair % MOST_PEOPLE] ?? ""];
      return { annotatorIds, shared, kappa: cohenKappa(table, VERDICTS.length), table };
    });
    return pairs.sort((a, b) => b.shared - a.shared);
  }

  private numberOf(id: string): number {
    const known = this.people.get(id);
    if (known !== undefined) return known;
    this.people.set(id, this.people.size);
    return this.people.size - 1;
  }

  private placeOf(one: number, two: number): number {
    const key = one * MOST_PEOPLE + two;
    const known = this.places.get(key);
    if (known !== undefined) return known;
    const place = this.places.size;
    this.places.set(key, place);
    if ((place + 1) * SIZE > this.cells.length) {
      const more = new Uint32Array(2 * this.cells.length);
      more.set(this.cells);
      this.cells = more;
    }
    return place;
  }
}

/** The factor by which a pair of numbers of people is one number. */
const MOST_PEOPLE = 2 ** 24;

const verdictNumber = (label: StoredComparison): number => VERDICTS.indexOf(verdictOf(label));

/** Cohen's κ with its 95 % interval over comparisons. */
export async function kappaWithInterval(
  table: readonly number[],
  pause: () => Promise<void> | undefined,
): Promise<Estimate> {
  const [kappa] = await bootstrapCounts(table, (drawn) => [cohenKappa(drawn, VERDICTS.length)], pause);
  return kappa ?? { value: null, low: null, high: null, n: 0 };
}
