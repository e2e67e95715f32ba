import type { Outputs } from "@/app/trpc-client";
import { EXPLAINED_METRICS, meaningOfMetric } from "@/domain/runs/metric-meaning";
import { evalPairsOf, METRICS } from "@/domain/runs/metric-names";
import { STRENGTH_BUCKETS } from "@/domain/runs/preference-strength";

type Run = Outputs["runs"]["get"];
type Series = Outputs["runs"]["metrics"];

export const FEWEST_COMPARED = 2;
export const MOST_COMPARED = 4;

/** What the curves run over. */
export type Axis = "step" | "tokens";

export interface ComparedRun {
  run: Run;
  metrics: Series;
}

export type Point = { x: number; y: number };

const pointsOf = ({ metrics }: ComparedRun, name: string) => metrics.find((one) => one.name === name)?.points ?? [];

/** Whether every run kept how many tokens each step took. */
export const haveTokens = (runs: readonly ComparedRun[]): boolean =>
  runs.every((run) => pointsOf(run, "tokens").length > 0);

/** A metric's curve over steps, or over all tokens that had been trained on up to that step. */
export function curveOf(run: ComparedRun, name: string, axis: Axis): Point[] {
  const points = pointsOf(run, name);
  if (axis === "step") return points.map(({ step, value }) => ({ x: step, y: value }));
  const trained: { step: number; total: number }[] = [];
  for (const { step, value } of pointsOf(run, "tokens"))
    trained.push({ step, total: (trained.at(-1)?.total ?? 0) + value });
  return points.flatMap(({ step, value }) => {
    // A validation comes after its step, or before the first.
    const upTo = trained.findLast((one) => one.step <= step);
    return upTo ? [{ x: upTo.total, y: value }] : step === 0 ? [{ x: 0, y: value }] : [];
  });
}

/** What the others are counted by; nothing to compare. */
const COUNTS = ["tokens", ...STRENGTH_BUCKETS.map(({ key }) => evalPairsOf(key))];

/** The metrics that at least one run reports, those with a meaning first and in its order, then the others by name. */
export function metricsOf(runs: readonly ComparedRun[]): string[] {
  const present = new Set(runs.flatMap(({ metrics }) => metrics.map(({ name }) => name)));
  for (const name of COUNTS) present.delete(name);
  const known = EXPLAINED_METRICS.filter((name) => present.delete(name));
  return [...known, ...[...present].sort()];
}

export interface FinalFigure {
  name: string;
  /** The last value of each run; null where it does not report it. */
  values: (number | null)[];
  /** Which of them is best, where better means something and they differ. */
  best: number | null;
}

/** Losses, rewards and log-probabilities of different methods measure different things; these are the same for all. */
const ACROSS_METHODS: ReadonlySet<string> = new Set([
  METRICS.accuracy,
  METRICS.rewardsAccuracies,
  METRICS.evalAccuracy,
  "tokensPerSecond",
]);

/** The last value of each of these metrics, run by run. */
export function finalFigures(runs: readonly ComparedRun[], names: readonly string[] = metricsOf(runs)): FinalFigure[] {
  return names.map((name) => {
    const values = runs.map((run) => pointsOf(run, name).at(-1)?.value ?? null);
    const comparable = ACROSS_METHODS.has(name) || new Set(runs.map(({ run }) => run.method)).size === 1;
    return { name, values, best: comparable ? bestOf(values, meaningOfMetric(name)?.better ?? null) : null };
  });
}

function bestOf(values: (number | null)[], better: "higher" | "lower" | null): number | null {
  const known = values.filter((value) => value !== null);
  if (!better || known.length < 2 || new Set(known).size === 1) return null;
  const best = better === "higher" ? Math.max(...known) : Math.min(...known);
  const place = values.indexOf(best);
  return values.lastIndexOf(best) === place ? place : null;
}

export interface ConfigurationRow {
  /** Inside an object with a dot: `lora.rank`. */
  key: string;
  /** As RUN.json has it; undefined where the run's method has no such key. */
  values: (string | undefined)[];
  differs: boolean;
}

/** Every key that one of the configurations has, those that differ first. */
export function compareConfigurations(configurations: readonly Record<string, unknown>[]): ConfigurationRow[] {
  const flat = configurations.map((one) => new Map(flatten(one, "")));
  const keys = [...new Set(flat.flatMap((one) => [...one.keys()]))];
  const rows = keys.map((key) => {
    const values = flat.map((one) => one.get(key));
    return { key, values, differs: new Set(values).size > 1 };
  });
  return [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)];
}

function flatten(value: Record<string, unknown>, prefix: string): [string, string][] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? flatten(inner as Record<string, unknown>, `${prefix}${key}.`)
      : [[prefix + key, typeof inner === "string" ? inner : JSON.stringify(inner)] satisfies [string, string]],
  );
}
