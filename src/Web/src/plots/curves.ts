import { formatNumber } from '../format';
import { columnOf, numbersOf, rowsOf, type CurvePlot } from '../model';
import { selectedTrials } from '../selection';
import { axis, base, Grid, markLines, pixelOf, type Canvas, type Drawing } from './drawing';

const Many = 300;

type Curve = { trial: number; coords: [number, number][] };

/** The curves of all trials as one series of polylines: a series a trial is what hangs browsers (echarts#17976). */
export function curves({ table, plot, theme }: Canvas<CurvePlot>): Drawing {
  const [trials, x, y] = [numbersOf(table, plot.trial), numbersOf(table, plot.x), numbersOf(table, plot.y)];
  const all: Curve[] = [];
  const rows: number[] = [];
  for (let row = 0; row < rowsOf(table); row++) {
    if (y[row] === null || x[row] === null) continue;
    if (all.at(-1)?.trial !== trials[row]) all.push({ trial: trials[row]!, coords: [] });
    all.at(-1)!.coords.push([x[row]!, y[row]!]);
    rows.push(row);
  }

  const selected = selectedTrials();
  const best = all.filter((curve) => curve.trial === plot.best);
  return {
    height: 420,
    legend: [
      { label: 'a trial', colour: theme.faint },
      ...(selected ? [{ label: 'a selected trial', colour: theme.series[0]! }] : []),
      ...(best.length > 0 ? [{ label: `trial ${plot.best}, the best`, colour: theme.strong }] : []),
      { label: 'a promotion', colour: theme.series[1]! },
    ],
    rows,
    trialOf: (row) => trials[row] ?? null,
    locate: (chart, row) => pixelOf(chart, x[row], y[row]),
    option: {
      ...base(theme),
      grid: { ...Grid, top: 30 },
      xAxis: axis(theme, columnOf(table, plot.x).label, { type: 'value', min: 0, splitLine: { show: false } }),
      yAxis: axis(theme, columnOf(table, plot.y).label, {
        nameGap: 44,
        type: plot.isLog ? 'log' : 'value', axisLabel: { color: theme.muted, formatter: formatNumber },
      }),
      series: [
        unseen(all.flatMap((curve) => curve.coords)),
        ...polylines('curves', all, theme.faint, 1, all.length > Many ? 0.4 : 1),
        ...polylines('selected', selected ? all.filter((curve) => selected.has(curve.trial)) : [], theme.series[0]!, 1.4),
        ...polylines('best', best, theme.strong, 2.4),
        {
          id: 'promoted',
          type: 'scatter',
          symbolSize: 5,
          silent: true,
          itemStyle: { color: theme.series[1], opacity: 0.9 },
          data: plot.promoted.filter((row) => y[row] !== null).map((row) => [x[row], y[row]]),
          markLine: markLines(theme, plot.milestones.map((epoch) => ({ label: String(epoch), value: epoch })), 'xAxis'),
        },
      ],
    },
  };
}

// An axis reaches as far as scatters do, and these lines are none.
function unseen(points: [number, number][]): object {
  let [[left, low], [right, high]] = [points[0] ?? [0, 0], points[0] ?? [0, 0]];
  for (const [x, y] of points) [left, low, right, high] = [Math.min(left, x), Math.min(low, y), Math.max(right, x), Math.max(high, y)];
  return { id: 'extent', type: 'scatter', silent: true, symbolSize: 0, data: points.length === 0 ? [] : [[left, low], [right, high]] };
}

// None where there is no curve: ECharts cannot draw an empty one of these.
function polylines(id: string, some: Curve[], colour: string, width: number, opacity = 1): object[] {
  return some.length === 0 ? [] : [{
    id,
    type: 'lines',
    coordinateSystem: 'cartesian2d',
    polyline: true,
    large: true,
    largeThreshold: 0,
    progressive: 0,
    silent: true,
    lineStyle: { color: colour, width, opacity },
    data: some.map((curve) => ({ coords: curve.coords })),
  }];
}
