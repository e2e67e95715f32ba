import type { Estimate } from "@/domain/statistics/bootstrap";
import { formatNumber, formatShare } from "./format";

/** A figure with its 95 % interval; says so where either cannot be told. */
export function EstimateText({
  estimate: { value, low, high, n },
  unit,
  share = false,
}: {
  estimate: Estimate;
  unit?: string;
  /** Whether the figure is a share of 1, which reads best in percent. */
  share?: boolean;
}) {
  const format = share ? formatShare : formatNumber;
  if (value === null) return <span className="text-faint">not known</span>;
  return (
    <span className="tabular-nums">
      <span className="font-medium">{format(value)}</span>
      {unit && ` ${unit}`}{" "}
      <span className="text-muted">
        {low === null || high === null
          ? `of ${n} (too few for an interval)`
          : `(${share ? `${Math.round(100 * low)}–${format(high)}` : `${format(low)} to ${format(high)}`}) of ${n}`}
      </span>
    </span>
  );
}
