import { formatNumber } from '../format';
import { numbersOf, rowsOf, textsOf, type IntervalPlot } from '../model';
import { axis, base, Grid, pixelOf, type Canvas, type Drawing } from './drawing';

/** A dot a row, with a line where an interval is known. */
export function intervals({ table, plot, theme, width }: Canvas<IntervalPlot>): Drawing {
  const labels = textsOf(table, plot.label).map((label) => label ?? '').slice(0, plot.drawn);
  const [values, low, high] = [numbersOf(table, plot.value), numbersOf(table, plot.low), numbersOf(table, plot.high)];
  const strong = new Set(plot.strong);
  const rows = [...Array(Math.min(rowsOf(table), labels.length)).keys()].filter((row) => values[row] !== null);
  const colour = (row: number): string => (strong.has(row) ? theme.strong : theme.series[0]!);
  return {
    height: 70 + 30 * labels.length,
    legend: [],
    rows,
    locate: (chart, row) => pixelOf(chart, values[row], row),
    option: {
      ...base(theme),
      grid: Grid,
      xAxis: axis(theme, plot.axis, {
        type: plot.isLog ? 'log' : 'value', axisLabel: { color: theme.muted, hideOverlap: true, formatter: formatNumber },
      }),
      yAxis: {
        type: 'category',
        data: labels,
        inverse: true,
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: theme.text, width: Math.min(300, Math.floor(width * 0.42)), overflow: 'break', lineHeight: 13, interval: 0 },
      },
      series: [
        {
          type: 'lines',
          coordinateSystem: 'cartesian2d',
          silent: true,
          symbol: ['none', 'none'],
          lineStyle: { width: 2, opacity: 1 },
          data: rows.filter((row) => low[row] !== null && high[row] !== null).map((row) => ({
            coords: [[low[row], row], [high[row], row]],
            lineStyle: { color: colour(row) },
          })),
        },
        {
          // Unseen: the axis reaches as far as scatters do, and lines are none.
          type: 'scatter',
          silent: true,
          symbolSize: 0,
          data: rows.flatMap((row) => [[low[row], row], [high[row], row], ...(plot.isDifference ? [[0, row]] : [])])
            .filter(([x]) => x !== null),
        },
        {
          id: 'values',
          type: 'scatter',
          symbolSize: 11,
          data: rows.map((row) => ({
            value: [values[row], row], itemStyle: { color: colour(row) }, symbol: strong.has(row) ? 'diamond' : 'circle',
          })),
          markLine: plot.isDifference
            ? { silent: true, symbol: 'none', label: { show: false }, lineStyle: { color: theme.text }, data: [{ xAxis: 0 }] }
            : undefined,
        },
      ],
    },
  };
}
