"use client";

import { useMemo } from "react";
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatCount, formatNumber } from "@/app/components/format";
import { Panel } from "@/app/components/panel";
import { meaningOfMetric, titleOfMetric } from "@/domain/runs/metric-meaning";
import { domainOf } from "../chart-domain";
import { CHART_MARGIN, GRID, TOOLTIP, X_AXIS, Y_AXIS } from "../chart-look";
import { type Axis, type ComparedRun, curveOf } from "./compared-runs";
import { lookOf } from "./run-colors";

const AXIS_WORDS: Record<Axis, string> = { step: "Step", tokens: "Tokens" };
const DOTTED_BELOW = 12;

/** One metric of all runs, laid over one another. */
export function CompareChart({ name, runs, axis }: { name: string; runs: readonly ComparedRun[]; axis: Axis }) {
  const curves = useMemo(
    () =>
      runs
        .map((compared, place) => ({ place, run: compared.run, points: curveOf(compared, name, axis) }))
        .filter(({ points }) => points.length > 0),
    [runs, name, axis],
  );
  const title = titleOfMetric(name);
  const words = curves.map(({ run, points }) => `run ${run.number} ends at ${formatNumber(points.at(-1)?.y ?? 0)}`);
  return (
    <Panel title={<span title={meaningOfMetric(name)?.meaning ?? name}>{title}</span>}>
      {curves.length === 0 ? (
        <p className="flex h-40 items-center justify-center text-faint">No figures over this axis</p>
      ) : (
        <div className="h-40" role="img" aria-label={`${title}: ${words.join(", ")}`}>
          <ResponsiveContainer width="100%" height="100%">
            <LineChart margin={CHART_MARGIN}>
              <CartesianGrid {...GRID} />
              <XAxis {...X_AXIS} dataKey="x" domain={[0, "dataMax"]} allowDuplicatedCategory={false} />
              <YAxis
                {...Y_AXIS}
                width={48}
                domain={domainOf(
                  undefined,
                  curves.flatMap(({ points }) => points.map(({ y }) => y)),
                )}
              />
              <Tooltip {...TOOLTIP} labelFormatter={(x) => `${AXIS_WORDS[axis]} ${formatCount(Number(x))}`} />
              {curves.map(({ place, run, points }) => (
                <Line
                  key={run.id}
                  data={points}
                  dataKey="y"
                  name={`Run ${run.number}`}
                  type="linear"
                  stroke={lookOf(place).color}
                  strokeDasharray={lookOf(place).dash}
                  strokeWidth={1.5}
                  dot={points.length < DOTTED_BELOW ? { r: 2, strokeDasharray: "0" } : false}
                  isAnimationActive={false}
                />
              ))}
            </LineChart>
          </ResponsiveContainer>
        </div>
      )}
    </Panel>
  );
}
