import { formatNumber } from '../format';
import { columnOf, numbersOf, rowsOf, type HistoryPlot } from '../model';
import { selectedTrials } from '../selection';
import { axis, base, Grid, markLines, pixelOf, type Canvas, type Drawing } from './drawing';

/** A dot a trial over time, and the lowest loss so far. */
export function history({ table, plot, theme }: Canvas<HistoryPlot>): Drawing {
  const [x, y, best, trials] =
    [numbersOf(table, plot.x), numbersOf(table, plot.y), numbersOf(table, plot.best), numbersOf(table, plot.trial)];
  const rows = [...Array(rowsOf(table)).keys()].filter((row) => y[row] !== null);
  const selected = selectedTrials();
  return {
    height: 340,
    legend: [
      { label: columnOf(table, plot.y).label, colour: theme.series[0]! },
      { label: columnOf(table, plot.best).label, colour: theme.strong },
    ],
    rows,
    trialOf: (row) => trials[row] ?? null,
    locate: (chart, row) => pixelOf(chart, x[row], y[row]),
    option: {
      ...base(theme),
      grid: Grid,
      xAxis: axis(theme, columnOf(table, plot.x).label, { type: 'value', scale: false, splitLine: { show: false } }),
      yAxis: axis(theme, columnOf(table, plot.y).label, {
        nameGap: 44,
        type: plot.isLog ? 'log' : 'value', axisLabel: { color: theme.muted, formatter: formatNumber },
      }),
      series: [
        {
          id: 'trials',
          type: 'scatter',
          symbolSize: rows.length > 300 ? 5 : 8,
          data: rows.map((row) => ({
            value: [x[row], y[row]],
            itemStyle: { color: theme.series[0], opacity: selected === null || selected.has(trials[row]!) ? 0.85 : 0.1 },
          })),
        },
        {
          id: 'best',
          type: 'line',
          step: 'end',
          showSymbol: false,
          silent: true,
          lineStyle: { color: theme.strong, width: 2 },
          itemStyle: { color: theme.strong },
          data: rows.map((row) => [x[row], best[row]]),
          markLine: markLines(theme, plot.references, 'yAxis'),
        },
      ],
    },
  };
}
