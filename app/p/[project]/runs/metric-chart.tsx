"use client";

import { useMemo } from "react";
import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { formatNumber } from "@/app/components/format";
import { Panel } from "@/app/components/panel";
import { chartAnchor, useChartFocus } from "./[run]/chart-focus";
import type { MetricPoints } from "./run-figures";

export interface ChartSeries {
  name: string;
  label: string;
  /** Validation figures come seldom: they are drawn with dots. */
  sparse?: boolean;
}

const COLORS = ["var(--color-accent)", "var(--color-warn)", "var(--color-good)"];

/** One or more metrics over the optimizer steps, with the newest value as a number for who cannot see the line. */
export function MetricChart({
  title,
  about,
  series,
  points,
  totalSteps,
  mark,
}: {
  title: string;
  about: string;
  series: ChartSeries[];
  points: MetricPoints;
  totalSteps: number | null;
  /** A step that matters, drawn as a line across, and why in words. */
  mark?: { step: number; text: string };
}) {
  const { focus } = useChartFocus();
  const shown = focus && series.some(({ name }) => name === focus.metric) ? focus : null;
  const present = series.filter(({ name }) => (points.get(name)?.size ?? 0) > 0);
  const rows = useMemo(() => {
    const steps = new Set(present.flatMap(({ name }) => [...(points.get(name)?.keys() ?? [])]));
    return [...steps]
      .sort((a, b) => a - b)
      .map((step) => ({ step, ...Object.fromEntries(present.map(({ name }) => [name, points.get(name)?.get(step)])) }));
  }, [points, present]);
  return (
    <Panel
      title={<span title={about}>{title}</span>}
      actions={
        <ul className="flex gap-3 text-xs">
          {present.map(({ name, label }) => (
            <li key={name} id={chartAnchor(name)} className="flex scroll-mt-16 items-center gap-1.5">
              <svg viewBox="0 0 8 8" className="size-2" aria-hidden>
                <circle cx="4" cy="4" r="4" fill={colorOf(series, name)} />
              </svg>
              <span className="text-muted">{label}</span>
              <output className="font-medium tabular-nums">{formatNumber(lastOf(points.get(name)))}</output>
            </li>
          ))}
        </ul>
      }
    >
      {rows.length === 0 ? (
        <p className="flex h-40 items-center justify-center text-faint">No figures yet</p>
      ) : (
        <div
          className="h-40"
          role="img"
          aria-label={`${title}, ${rows.length} ${rows.length === 1 ? "step" : "steps"}`}
          data-points={rows.length}
        >
          <ResponsiveContainer width="100%" height="100%">
            <LineChart data={rows} margin={{ top: 4, right: 8, bottom: 0, left: 0 }}>
              <CartesianGrid stroke="var(--color-line)" vertical={false} />
              <XAxis
                dataKey="step"
                type="number"
                domain={[0, totalSteps ?? "dataMax"]}
                stroke="var(--color-faint)"
                tick={{ fontSize: 11 }}
                tickLine={false}
              />
              <YAxis
                width={48}
                domain={["auto", "auto"]}
                stroke="var(--color-faint)"
                tick={{ fontSize: 11 }}
                tickLine={false}
                axisLine={false}
                tickFormatter={formatNumber}
              />
              <Tooltip
                labelFormatter={(step) => `Step ${step}`}
                formatter={(value) => formatNumber(Number(value))}
                contentStyle={{
                  background: "var(--color-surface)",
                  border: "1px solid var(--color-line-strong)",
                  borderRadius: 6,
                  fontSize: 12,
                }}
              />
              {mark && <ReferenceLine x={mark.step} stroke="var(--color-good)" strokeDasharray="2 2" />}
              {shown && <FocusMark steps={shown.steps} />}
              {present.map(({ name, label, sparse }) => (
                <Line
                  key={name}
                  dataKey={name}
                  name={label}
                  type="linear"
                  stroke={colorOf(series, name)}
                  strokeWidth={1.5}
                  dot={sparse || rows.length < 12 ? { r: 2 } : false}
                  connectNulls
                  isAnimationActive={false}
                />
              ))}
            </LineChart>
          </ResponsiveContainer>
        </div>
      )}
      {mark && rows.length > 0 && <p className="mt-2 text-muted text-xs">{mark.text}</p>}
    </Panel>
  );
}

/** The steps that the diagnosis speaks of. */
function FocusMark({ steps: [from, to] }: { steps: [number, number] }) {
  const color = "var(--color-warn)";
  if (from === to) return <ReferenceLine x={from} stroke={color} strokeDasharray="3 3" />;
  return <ReferenceArea x1={from} x2={to} fill={color} fillOpacity={0.15} stroke={color} strokeOpacity={0.4} />;
}

const colorOf = (series: ChartSeries[], name: string) =>
  COLORS[series.findIndex((one) => one.name === name) % COLORS.length];

function lastOf(points: ReadonlyMap<number, number> | undefined): number {
  let last: [number, number] | null = null;
  for (const [step, value] of points ?? []) if (last === null || step >= last[0]) last = [step, value];
  return last?.[1] ?? Number.NaN;
}
