import type { Outputs } from "@/app/trpc-client";

export type Run = Outputs["runs"]["get"];
export type LogLine = Outputs["runs"]["log"][number];
type Series = Outputs["runs"]["metrics"][number] & { total: number };
/** Values of one metric by step. */
export type MetricPoints = ReadonlyMap<string, ReadonlyMap<number, number>>;

export interface RunFigures {
  points: MetricPoints;
  /** The length of the longest series of which the server has sent only some points; 0 where it has sent all. */
  thinnedFrom: number;
  lines: readonly LogLine[];
}

export const NO_FIGURES: RunFigures = { points: new Map(), thinnedFrom: 0, lines: [] };

/** The figures after an event of the run. Points are kept by step and lines by id, so one that comes twice stays one. */
export function figuresAfter(
  figures: RunFigures,
  event:
    | { type: "snapshot"; metrics: Series[]; log: LogLine[] }
    | { type: "metrics"; step: number; values: Record<string, number> }
    | { type: "log"; line: LogLine },
): RunFigures {
  if (event.type === "snapshot") {
    const points = event.metrics.map(
      ({ name, points: all }) => [name, new Map(all.map(({ step, value }) => [step, value]))] as const,
    );
    const thinned = event.metrics.filter((series) => series.points.length < series.total);
    return {
      points: new Map(points),
      thinnedFrom: Math.max(0, ...thinned.map(({ total }) => total)),
      lines: event.log,
    };
  }
  if (event.type === "log") {
    const known = figures.lines.some((line) => line.id === event.line.id);
    return known ? figures : { ...figures, lines: [...figures.lines, event.line] };
  }
  const points = new Map(figures.points);
  for (const [name, value] of Object.entries(event.values))
    points.set(name, new Map(points.get(name)).set(event.step, value));
  return { ...figures, points };
}

/** Where the validation loss was lowest, and what it is now; null before there are two to compare. */
export interface LowestValidation {
  step: number;
  value: number;
  last: number;
}

/** @param losses of validations, by step */
export function lowestValidation(losses: ReadonlyMap<number, number>): LowestValidation | null {
  const validations = [...losses].sort(([a], [b]) => a - b);
  const last = validations.at(-1);
  if (!last || validations.length < 2) return null;
  const [step, value] = validations.reduce((lowest, one) => (one[1] < lowest[1] ? one : lowest));
  return { step, value, last: last[1] };
}
