/** A metric as a line of a chart. */
export interface ChartSeries {
  name: string;
  label: string;
  /** Validation figures come seldom: they are drawn with dots. */
  sparse?: boolean;
  /** The metric that says of how many pairs this is a share. */
  of?: string;
}

/** Figures that stand together, and what they mean. */
export interface Chart {
  title: string;
  about: string;
  series: ChartSeries[];
  unit?: string;
  within?: readonly [number, number | "auto"];
}
