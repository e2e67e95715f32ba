"use client";

import { createContext, type ReactNode, useContext, useMemo, useState } from "react";

/** A region of a figure that the person asked to see. */
export interface ChartFocus {
  metric: string;
  /** First and last step. */
  steps: [number, number];
}

const Context = createContext<{ focus: ChartFocus | null; show(focus: ChartFocus): void }>({
  focus: null,
  show: () => undefined,
});

/** Lets what is said about a figure point to the place on its chart. */
export function ChartFocusProvider({ children }: { children: ReactNode }) {
  const [focus, show] = useState<ChartFocus | null>(null);
  const value = useMemo(() => ({ focus, show }), [focus]);
  return <Context value={value}>{children}</Context>;
}

export const useChartFocus = () => useContext(Context);

/** Id of the place on the page where a figure is drawn. */
export const chartAnchor = (metric: string): string => `figure-${metric.replace(/[^A-Za-z0-9]+/g, "-")}`;
