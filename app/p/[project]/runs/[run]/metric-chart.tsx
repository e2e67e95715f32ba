"use client";

import { ChartLine, Table2 } from "lucide-react";
import { useMemo, useState } from "react";
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
import { formatCount, formatNumber, plural } from "@/app/components/format";
import { Panel } from "@/app/components/panel";
import type { MemberSteps } from "@/domain/runs/member-steps";
import { domainOf } from "../chart-domain";
import { CHART_MARGIN, GRID, TOOLTIP, X_AXIS, Y_AXIS } from "../chart-look";
import type { ChartSeries } from "./chart";
import { chartAnchor, useChartFocus } from "./chart-focus";
import { MetricTable } from "./metric-table";
import type { MetricPoints } from "./run-figures";
import { thinRows } from "./thin-rows";

const COLORS = ["var(--color-accent)", "var(--color-warn)", "var(--color-good)", "var(--color-faint)"];

/** One or more metrics over the steps, with the newest value as a number, and as a table for who cannot see the line. */
export function MetricChart({
  title,
  unit,
  about,
  series,
  within,
  points,
  stepWord = "step",
  totalSteps,
  members,
  mark,
}: {
  title: string;
  /** Of the vertical axis. */
  unit?: string | undefined;
  about: string;
  series: ChartSeries[];
  /** What the values cannot leave; "auto" follows them. */
  within?: readonly [number, number | "auto"] | undefined;
  points: MetricPoints;
  /** What a point is: an optimizer step, or an iteration. */
  stepWord?: "step" | "iteration";
  totalSteps: number | null;
  /** Of an ensemble: where each member but the first starts is drawn. */
  members: readonly MemberSteps[];
  /** A step that matters, drawn as a line across, and why in words. */
  mark?: { step: number; text: string };
}) {
  const [asTable, setAsTable] = useState(false);
  const { focus } = useChartFocus();
  const shown = focus && series.some(({ name }) => name === focus.metric) ? focus : null;
  const present = series.filter(({ name }) => (points.get(name)?.size ?? 0) > 0);
  const rows = useMemo(() => {
    const steps = new Set(present.flatMap(({ name }) => [...(points.get(name)?.keys() ?? [])]));
    return [...steps]
      .sort((a, b) => a - b)
      .map((step) => ({ step, ...Object.fromEntries(present.map(({ name }) => [name, points.get(name)?.get(step)])) }));
  }, [points, present]);
  const drawn = thinRows(
    rows,
    present.map(({ name }) => name),
    present.flatMap(({ name, sparse }) => (sparse ? [name] : [])),
  );
  return (
    <Panel
      title={
        <span title={about}>
          {title}
          {unit && <span className="font-normal text-faint"> in {unit}</span>}
        </span>
      }
      actions={
        <>
          <ul className="flex flex-wrap justify-end gap-x-3 text-xs">
            {present.map(({ name, label, of }) => (
              <li key={name} id={chartAnchor(name)} className="flex scroll-mt-16 items-center gap-1.5">
                <svg viewBox="0 0 8 8" className="size-2" aria-hidden>
                  <circle cx="4" cy="4" r="4" fill={colorOf(series, name)} />
                </svg>
                <span className="text-muted">{label}</span>
                <output className="font-medium tabular-nums">{formatNumber(lastOf(points.get(name)))}</output>
                {of && points.has(of) && (
                  <span className="text-faint">of {plural(lastOf(points.get(of)), "pair")}</span>
                )}
              </li>
            ))}
          </ul>
          {rows.length > 0 && (
            <button
              type="button"
              className="rounded p-1 text-muted hover:bg-hover hover:text-ink [&_svg]:size-3.5"
              aria-label={`${title} as a table`}
              aria-pressed={asTable}
              title={asTable ? "Show the chart" : "Show the figures as a table"}
              onClick={() => setAsTable(!asTable)}
            >
              {asTable ? <ChartLine aria-hidden /> : <Table2 aria-hidden />}
            </button>
          )}
        </>
      }
    >
      {rows.length === 0 ? (
        <p className="flex h-40 items-center justify-center text-faint">No figures yet</p>
      ) : asTable ? (
        <MetricTable
          title={title}
          stepWord={stepWord}
          series={present}
          points={points}
          steps={rows.map(({ step }) => step)}
        />
      ) : (
        <div
          className="h-44"
          role="img"
          aria-label={`${title}, ${plural(rows.length, stepWord)}. ${present.map(({ name, label }) => inWords(label, points.get(name))).join("; ")}`}
        >
          <ResponsiveContainer width="100%" height="100%">
            <LineChart data={drawn} margin={CHART_MARGIN}>
              <CartesianGrid {...GRID} />
              <XAxis
                {...X_AXIS}
                dataKey="step"
                domain={[0, totalSteps ?? "dataMax"]}
                height={32}
                label={{ value: stepWord, position: "insideBottom", fontSize: 11, fill: "var(--color-faint)" }}
              />
              <YAxis
                {...Y_AXIS}
                width={52}
                domain={domainOf(
                  within,
                  present.flatMap(({ name }) => [...(points.get(name)?.values() ?? [])]),
                )}
              />
              <Tooltip
                {...TOOLTIP}
                labelFormatter={(step) => `${stepWord === "step" ? "Step" : "Iteration"} ${formatCount(Number(step))}`}
              />
              {members.slice(1).map(({ member, after }) => (
                <ReferenceLine
                  key={member}
                  x={after}
                  stroke="var(--color-line-strong)"
                  label={{
                    value: `member ${member}`,
                    position: "insideTopLeft",
                    fontSize: 10,
                    fill: "var(--color-faint)",
                  }}
                />
              ))}
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

/** A series for who hears the page. */
function inWords(label: string, points: ReadonlyMap<number, number> | undefined): string {
  const values = [...(points ?? [])].sort(([one], [other]) => one - other).map(([, value]) => value);
  const [first = Number.NaN, last = first] = [values[0], values.at(-1)];
  return `${label}: from ${formatNumber(first)} to ${formatNumber(last)}`;
}

/** By the words beside the line, so that training is the same colour in a chart of one metric and in one of two. */
function colorOf(series: ChartSeries[], name: string): string | undefined {
  const labels = [...new Set(series.map(({ label }) => label))];
  return COLORS[labels.indexOf(series.find((one) => one.name === name)?.label ?? "") % COLORS.length];
}

function lastOf(points: ReadonlyMap<number, number> | undefined): number {
  let last: [number, number] | null = null;
  for (const [step, value] of points ?? []) if (last === null || step >= last[0]) last = [step, value];
  return last?.[1] ?? Number.NaN;
}
