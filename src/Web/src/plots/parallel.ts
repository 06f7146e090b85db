import { formatNumber } from '../format';
import type { ECharts } from '../echarts';
import { columnOf, numbersOf, rowsOf, type ParallelPlot, type PlotAxis } from '../model';
import { selectedTrials, selectTrials } from '../selection';
import { base, type Canvas, type Drawing, type Point } from './drawing';

const NarrowBelow = 620;

/** A line a trial across all hyperparameters; what is brushed on an axis stands out in all charts. */
export function parallel({ table, plot, theme, width }: Canvas<ParallelPlot>): Drawing {
  const trials = numbersOf(table, plot.trial);
  const losses = numbersOf(table, plot.loss.column);
  const axes = [...plot.axes, plot.loss];
  const columns = axes.map((one) => columnOf(table, one.column));
  const drawn = [...Array(rowsOf(table)).keys()].filter((row) => losses[row] !== null);
  const best = drawn.reduce((least, row) => (least < 0 || losses[row]! < losses[least]! ? row : least), -1);
  // The best one is drawn over the others.
  const rows = [...drawn.filter((row) => row !== best), ...(best < 0 ? [] : [best])];
  const selected = selectedTrials();
  const isNarrow = width < NarrowBelow;
  return {
    height: isNarrow ? 90 + 70 * axes.length : 340,
    legend: [{ label: 'a trial', colour: theme.series[0]! }, { label: 'the best trial', colour: theme.strong }],
    rows,
    trialOf: (row) => trials[row] ?? null,
    locate: (chart, row) => pointsOf(chart, row),
    listen: (chart) => {
      chart.off('axisareaselected');
      chart.on('axisareaselected', () => {
        const active = seriesOf(chart).getRawIndicesByActiveState('active');
        selectTrials(isBrushed(chart) ? active.map((index) => trials[rows[index]!]!) : null);
      });
    },
    option: {
      ...base(theme),
      parallel: isNarrow
        ? { layout: 'vertical', left: 100, right: 30, top: 30, bottom: 34, axisExpandable: false }
        : { left: 60, right: 70, top: 46, bottom: 26 },
      parallelAxis: axes.map((one, dim) => axisOf(one, dim)),
      series: [{
        id: 'trials',
        type: 'parallel',
        lineStyle: { width: 1 },
        inactiveOpacity: 0.04,
        activeOpacity: 0.8,
        progressive: 0,
        data: rows.map((row) => ({
          value: columns.map((column) => column.values[row]),
          lineStyle: {
            color: row === best ? theme.strong : theme.series[0],
            width: row === best ? 3 : 1,
            opacity: selected === null || selected.has(trials[row]!) ? (row === best ? 1 : opacityOf(rows.length)) : 0.04,
          },
        })),
      }],
    },
  };

  function axisOf(one: PlotAxis, dim: number): object {
    return {
      dim,
      name: one.label,
      type: one.categories ? 'category' : one.isLog ? 'log' : 'value',
      data: one.categories,
      scale: true,
      nameTextStyle: { color: theme.text },
      nameLocation: isNarrow ? 'start' : 'end',
      axisLine: { lineStyle: { color: theme.muted } },
      axisTick: { lineStyle: { color: theme.muted } },
      axisLabel: { color: theme.muted, hideOverlap: true, formatter: one.categories ? undefined : formatNumber },
      areaSelectStyle: { width: 22, borderWidth: 1, borderColor: theme.strong, color: theme.strong, opacity: 0.25 },
    };
  }

  function pointsOf(chart: ECharts, row: number): Point[] {
    const space = modelOf(chart).getComponent('parallel').coordinateSystem;
    return columns.map((column, dim) => space.dataToPoint(column.values[row]!, space.dimensions[dim]!));
  }
}

function opacityOf(lines: number): number {
  return lines > 500 ? 0.15 : lines > 100 ? 0.3 : 0.6;
}

// What ECharts has no public way to ask for.
interface ParallelSpace {
  dimensions: string[];
  dataToPoint(value: number | string, dimension: string): Point;
}

interface ChartModel {
  getComponent(name: string): { coordinateSystem: ParallelSpace };
  getSeriesByIndex(index: number): { getRawIndicesByActiveState(state: string): number[] };
  eachComponent(name: string, visit: (component: { activeIntervals?: unknown[] }) => void): void;
}

function modelOf(chart: ECharts): ChartModel {
  return (chart as unknown as { getModel(): ChartModel }).getModel();
}

function seriesOf(chart: ECharts): ReturnType<ChartModel['getSeriesByIndex']> {
  return modelOf(chart).getSeriesByIndex(0);
}

function isBrushed(chart: ECharts): boolean {
  let brushed = false;
  modelOf(chart).eachComponent('parallelAxis', (one) => {
    brushed ||= (one.activeIntervals?.length ?? 0) > 0;
  });
  return brushed;
}
