import type { ConvertibleLabel } from "@/domain/labels/kinds";
import { AgreementCounter, type KindAgreement } from "@/domain/quality/kind-agreement";
import { PairTables } from "@/domain/quality/pair-of-people";
import { FEWEST_FOR_AN_INTERVAL } from "@/domain/statistics/bootstrap";
import type { Transaction } from "../database/client";
import { countingLabels, toExcluded } from "../datasets/build-records";
import { readExclusions, readSnapshot } from "../datasets/read-snapshot";
import { type Computation, type KeptResult, recentResult } from "../results/keep-result";
import { labelState } from "../results/label-state";
import { pauses } from "../serve-others";
import { type AnnotatorQuality, describeAnnotators, type PersonCounts } from "./describe-annotators";

export interface Quality {
  /** The number of labels that count. */
  labels: number;
  kinds: KindAgreement[];
  annotators: AnnotatorQuality[];
  /** The people who compared the same, two by two; `people` are places among the annotators. */
  pairs: { people: [number, number]; shared: number; kappa: number | null; table: number[] }[];
  /** The number of pairs that are left out, because they have too little in common or because there are too many. */
  sparsePairs: number;
  surplusPairs: number;
}

/** With so many pairs all are kept, however little they have in common. */
const FEW_PAIRS = 50;
const MOST_PAIRS = 20_000;

/**
 * Measures how far the people of a project agree, and what each has given. Superseded, withdrawn and excluded labels do
 * not count. The result is kept until labels change.
 */
export const measureQuality = (projectId: string): Promise<KeptResult<Quality>> =>
  recentResult({
    projectId,
    name: "quality",
    state: async (tx) => `${await labelState(tx, projectId)} ${await countSkips(tx, projectId)}`,
    compute: (tx) => compute(tx, projectId),
  } satisfies Computation<Quality>);

const countSkips = (tx: Transaction, projectId: string) => tx.taskSkip.count({ where: { task: { projectId } } });

async function compute(tx: Transaction, projectId: string): Promise<Quality> {
  const excluded = toExcluded(await readExclusions(tx, projectId));
  const agreement = new AgreementCounter();
  const tables = new PairTables();
  const people = new Map<string, PersonCounts>();
  const pause = pauses();
  for await (const tasks of readSnapshot(tx, projectId))
    for (const task of tasks) {
      const { labels } = countingLabels(task, excluded);
      agreement.add(labels);
      tables.add(labels);
      for (const label of labels) count(people, label);
      await pause();
    }
  const annotators = await describeAnnotators(tx, projectId, people);
  return {
    labels: annotators.reduce((sum, { total }) => sum + total, 0),
    kinds: await agreement.measure(pause),
    annotators,
    ...choosePairs(tables, annotators),
  };
}

function count(people: Map<string, PersonCounts>, { annotatorId, kind, id }: ConvertibleLabel): void {
  const person = people.get(annotatorId) ?? { counts: {}, total: 0, labelId: id };
  people.set(annotatorId, person);
  person.counts[kind] = (person.counts[kind] ?? 0) + 1;
  person.total += 1;
}

function choosePairs(tables: PairTables, annotators: readonly AnnotatorQuality[]) {
  const places = new Map(annotators.map(({ id }, place) => [id, place]));
  const all = tables.pairs();
  const enough = all.length <= FEW_PAIRS ? all : all.filter(({ shared }) => shared >= FEWEST_FOR_AN_INTERVAL);
  const kept = enough.slice(0, MOST_PAIRS);
  return {
    pairs: kept.map(({ annotatorIds: [one, two], shared, kappa, table }) => ({
      people: [places.get(one) ?? 0, places.get(two) ?? 0] as [number, number],
      ...{ shared, kappa, table },
    })),
    sparsePairs: all.length - enough.length,
    surplusPairs: enough.length - kept.length,
  };
}
