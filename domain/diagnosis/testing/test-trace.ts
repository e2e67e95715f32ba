import { diagnose } from "../diagnose";
import type { RunTrace } from "../trace";
import type { Outcome, Verdict } from "../verdict";

/** Makes a trace for tests, from each series' values counted from step 1. */
export function traceOf(
  method: RunTrace["method"],
  series: Record<string, readonly number[]>,
  { configuration = {}, ...rest }: Partial<Omit<RunTrace, "series" | "method">> = {},
): RunTrace {
  return {
    method,
    configuration,
    series: new Map(
      Object.entries(series).map(([name, values]) => [name, values.map((value, at) => ({ step: at + 1, value }))]),
    ),
    ...rest,
  };
}

/** Makes `steps` values on a line from one number to another, with a ripple that is the same every time. */
export function line(from: number, to: number, steps: number, ripple = 0): number[] {
  return Array.from(
    { length: steps },
    (_, at) => from + ((to - from) * at) / Math.max(1, steps - 1) + ripple * Math.sin(2.4 * at + 1),
  );
}

/** Tells the result of one check: "critical", "warning", "info", "clear" or "undecided". */
export const severityOf = (outcome: Outcome): string => (outcome.state === "found" ? outcome.severity : outcome.state);

/** Lists the names of a trace's verdicts by severity. */
export function verdictsOf(trace: RunTrace): Record<Verdict["severity"], string[]> {
  const { verdicts } = diagnose(trace);
  const named = (severity: Verdict["severity"]) =>
    verdicts.filter((verdict) => verdict.severity === severity).map(({ name }) => name);
  return { critical: named("critical"), warning: named("warning"), info: named("info") };
}
