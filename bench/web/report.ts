import type { Measured } from "./measure-labelling";

/** Writes a measurement as a table in Markdown, as BENCHMARKS.md has it. */
export function formatMeasured(measured: Measured): string {
  const { title, labelsPerSecond, acknowledged, calls, errors, lost, overlapViolations, processor } = measured;
  const rows = calls.map(
    ({ name, count, p50, p95, p99, max }) => `| ${[name, count, p50, p95, p99, max].join(" | ")} |`,
  );
  return [
    `\n### ${title}\n`,
    `${labelsPerSecond} labels/s (${acknowledged} acknowledged, ${lost} lost), ${errors.length} errors, ${overlapViolations} overlap violations; ` +
      `processor for each label: site ${processor.site} ms, PostgreSQL ${processor.database} ms, load ${processor.load} ms\n`,
    "| call | calls | p50 ms | p95 ms | p99 ms | max ms |",
    "|---|--:|--:|--:|--:|--:|",
    ...rows,
    ...[...new Set(errors)].slice(0, 10).map((error) => `\nError: ${error}`),
  ].join("\n");
}
