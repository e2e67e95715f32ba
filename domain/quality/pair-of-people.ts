import { verdictOf } from "../labels/comparison";
import type { ConvertibleLabel } from "../labels/kinds";
import { bootstrap, type Estimate } from "../statistics/bootstrap";
import { cohenKappa } from "./agreement";
import { sharedTasks } from "./kind-agreement";

export interface PairOfPeople {
  annotatorIds: [string, string];
  /** The number of comparisons that both people answered. */
  shared: number;
  /** Cohen’s κ of these comparisons. */
  kappa: Estimate;
}

/** Measures Cohen's κ of every two people who compared the same pairs, those with most in common first. */
export function kappaOfPeople(labels: readonly ConvertibleLabel[]): PairOfPeople[] {
  const pairs = new Map<string, { ids: [string, string]; verdicts: [string, string][] }>();
  for (const task of sharedTasks(labels.filter((label) => label.kind === "comparison"))) {
    const given = task.map((label) => ({ by: label.annotatorId, verdict: verdictOf(label) }));
    given.sort((a, b) => a.by.localeCompare(b.by));
    given.forEach((one, i) => {
      for (const two of given.slice(i + 1)) {
        const key = `${one.by} ${two.by}`;
        const pair = pairs.get(key) ?? { ids: [one.by, two.by], verdicts: [] };
        pair.verdicts.push([one.verdict, two.verdict]);
        pairs.set(key, pair);
      }
    });
  }
  return [...pairs.values()]
    .map(({ ids, verdicts }) => ({
      annotatorIds: ids,
      shared: verdicts.length,
      kappa: bootstrap(verdicts, (sample) => cohenKappa(sample)),
    }))
    .sort((a, b) => b.shared - a.shared);
}
