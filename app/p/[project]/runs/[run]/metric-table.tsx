import { formatCount, formatNumber } from "@/app/components/format";
import type { ChartSeries } from "./chart";
import type { MetricPoints } from "./run-figures";

/** Of a long run evenly spaced steps; the last one always. */
const MOST_ROWS = 200;

/** What a chart draws, in numbers. */
export function MetricTable({
  title,
  stepWord,
  series,
  points,
  steps,
}: {
  title: string;
  stepWord: string;
  series: readonly ChartSeries[];
  points: MetricPoints;
  /** In ascending order. */
  steps: readonly number[];
}) {
  const every = Math.ceil(steps.length / MOST_ROWS);
  const shown = steps.filter((_, index) => (steps.length - 1 - index) % every === 0).toReversed();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className="h-44 overflow-auto" tabIndex={0}>
      <table className="w-full text-xs tabular-nums">
        <caption className="sr-only">{title}, newest first</caption>
        <thead className="sticky top-0 bg-surface text-muted">
          <tr>
            <th scope="col" className="py-0.5 pr-3 text-left font-medium">
              {stepWord}
            </th>
            {series.map(({ name, label }) => (
              <th key={name} scope="col" className="py-0.5 pl-3 text-right font-medium">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((step) => (
            <tr key={step} className="border-line border-t">
              <th scope="row" className="py-0.5 pr-3 text-left font-normal">
                {formatCount(step)}
              </th>
              {series.map(({ name }) => (
                <td key={name} className="py-0.5 pl-3 text-right">
                  {figure(points.get(name)?.get(step))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const figure = (value: number | undefined) => (value === undefined ? "–" : formatNumber(value));
