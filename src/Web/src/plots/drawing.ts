import type { ECharts, EChartsCoreOption } from '../echarts';
import type { Plot, Table } from '../model';
import type { Theme } from '../theme';

export type Point = [number, number];

/** What a plot is drawn from. */
export interface Canvas<P extends Plot = Plot> {
  table: Table;
  plot: P;
  theme: Theme;
  width: number;
  /** Columns that the reader has hidden. */
  hidden: ReadonlySet<string>;
  /** The series of a panel that the reader has chosen. */
  group: string | null;
}

/** An entry of the list of lines below a chart. */
export interface LegendEntry {
  label: string;
  colour: string;
  /** The column that a click hides or shows; none for one that is always drawn. */
  column?: string;
}

/** A plot as ECharts draws it. */
export interface Drawing {
  option: EChartsCoreOption;
  height: number;
  legend: LegendEntry[];
  /** Rows that are drawn, in the order in which the keyboard goes through them. */
  rows: number[];
  /** Where a row is, in pixels: one point, or several where it is drawn more than once. */
  locate(chart: ECharts, row: number): Point[];
  /** Whether the pointer finds the nearest row by its horizontal place alone. */
  snapsToX?: boolean;
  /** Trial of a row, where rows are of trials. */
  trialOf?(row: number): number | null;
  /** Listens to what the reader does in the chart, in place of a drawing before it. */
  listen?(chart: ECharts): void;
  /** Whether nothing of a drawing before it is kept: ECharts leaves lines out of panels that have moved. */
  isRebuilt?: boolean;
  /** To be done after every drawing. */
  prepare?(chart: ECharts): void;
}

/** What all charts have in common. */
export function base(theme: Theme): EChartsCoreOption {
  return {
    animation: false,
    stateAnimation: { duration: 0 },
    backgroundColor: 'transparent',
    textStyle: { color: theme.text, fontFamily: 'system-ui, sans-serif', fontSize: 12 },
  };
}

export function axis(theme: Theme, name: string, more: object = {}): object {
  return {
    name,
    nameLocation: 'middle',
    nameGap: 28,
    nameTextStyle: { color: theme.muted },
    axisLine: { lineStyle: { color: theme.muted } },
    axisTick: { lineStyle: { color: theme.line } },
    axisLabel: { color: theme.muted, hideOverlap: true },
    splitLine: { lineStyle: { color: theme.line, opacity: 0.6 } },
    scale: true,
    ...more,
  };
}

export const Grid = { left: 12, right: 20, top: 16, bottom: 12, outerBoundsMode: 'same', outerBoundsContain: 'all' };

/** Where a point of the only grid of a chart is. */
export function pixelOf(chart: ECharts, x: number | string | null | undefined, y: number | string | null | undefined, grid = 0): Point[] {
  if (x === null || x === undefined || y === null || y === undefined) return [];
  const point = chart.convertToPixel({ xAxisIndex: grid, yAxisIndex: grid }, [x, y] as never) as unknown as Point | undefined;
  return point && Number.isFinite(point[0]) && Number.isFinite(point[1]) ? [point] : [];
}

export function markLines(theme: Theme, references: { label: string; value: number }[], along: 'xAxis' | 'yAxis'): object {
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: theme.muted, type: 'dashed', width: 1 },
    label: {
      color: theme.muted,
      // Readable where dots lie under it.
      textBorderColor: theme.ground,
      textBorderWidth: 3,
      position: along === 'yAxis' ? 'insideEndTop' : 'end',
      formatter: (mark: { name: string }) => mark.name,
    },
    data: references.map((reference) => ({ name: reference.label, [along]: reference.value })),
  };
}
