import { formatCount, formatNumber } from "@/app/components/format";

/** How the curves of runs are drawn, of one run and of several side by side. */
export const CHART_MARGIN = { top: 4, right: 8, bottom: 0, left: 0 };
export const GRID = { stroke: "var(--color-line)", vertical: false };

const TICKS = { stroke: "var(--color-faint)", tick: { fontSize: 11 }, tickLine: false };
export const X_AXIS = { ...TICKS, type: "number", allowDecimals: false, tickFormatter: formatCount } as const;
export const Y_AXIS = { ...TICKS, axisLine: false, tickFormatter: formatNumber };

export const TOOLTIP = {
  formatter: (value: unknown) => formatNumber(Number(value)),
  contentStyle: {
    background: "var(--color-surface)",
    border: "1px solid var(--color-line-strong)",
    borderRadius: 6,
    fontSize: 12,
  },
};
