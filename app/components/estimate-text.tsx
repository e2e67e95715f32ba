import type { Estimate } from "@/domain/statistics/bootstrap";
import { formatNumber } from "./format";

/** A figure with its 95 % interval; says so where either cannot be told. */
export function EstimateText({ estimate: { value, low, high, n }, unit }: { estimate: Estimate; unit?: string }) {
  if (value === null) return <span className="text-faint">not known</span>;
  return (
    <span className="tabular-nums">
      <span className="font-medium">{formatNumber(value)}</span>
      {unit && ` ${unit}`}{" "}
      <span className="text-muted">
        {low === null || high === null
          ? `(${n}: too few for an interval)`
          : `(${formatNumber(low)} to ${formatNumber(high)}, n = ${n})`}
      </span>
    </span>
  );
}
