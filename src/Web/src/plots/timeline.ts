import { formatNumber } from '../format';
import { numbersOf, rowsOf, textsOf, type TimelinePlot } from '../model';
import { selectedTrials } from '../selection';
import { axis, base, Grid, pixelOf, type Canvas, type Drawing } from './drawing';

const MinLane = 16;
const MaxHeight = 640;

/** A bar a segment, a row for every lane. */
export function timeline({ table, plot, theme, width }: Canvas<TimelinePlot>): Drawing {
  const lanes = textsOf(table, plot.lane).map((lane) => lane ?? '');
  const [starts, ends, trials] = [plot.start, plot.end, plot.trial].map((name) => numbersOf(table, name)) as (number | null)[][];
  const again = textsOf(table, plot.again);
  const names = [...new Set(lanes)];
  const places = new Map(names.map((name, place) => [name, place]));
  const rows = [...Array(rowsOf(table)).keys()];
  const selected = selectedTrials();
  const height = Math.min(MaxHeight, 70 + Math.max(MinLane, 26) * names.length);
  const thickness = Math.max(3, Math.min(14, (height - 70) / names.length - 4));
  const bar = (row: number): object => ({
    coords: [[starts![row], places.get(lanes[row]!)], [ends![row], places.get(lanes[row]!)]],
    lineStyle: {
      color: again[row] === null ? theme.series[row % 2]! : theme.strong,
      opacity: selected === null || selected.has(trials![row]!) ? 0.85 : 0.08,
    },
  });
  return {
    height,
    legend: [
      { label: 'segments, in two colours to tell neighbours apart', colour: theme.series[0]! },
      ...(again.some((reason) => reason !== null) ? [{ label: 'trained again', colour: theme.strong }] : []),
    ],
    rows,
    trialOf: (row) => trials![row] ?? null,
    locate: (chart, row) => pixelOf(chart, (starts![row]! + ends![row]!) / 2, places.get(lanes[row]!)),
    option: {
      ...base(theme),
      grid: Grid,
      xAxis: axis(theme, plot.axis, {
        type: 'value', min: 0, axisLabel: { color: theme.muted, hideOverlap: true, formatter: formatNumber },
      }),
      yAxis: {
        type: 'category',
        data: names,
        inverse: true,
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: theme.text, width: Math.min(220, Math.floor(width * 0.3)), overflow: 'truncate', hideOverlap: true },
      },
      series: [
        // Unseen: the axis reaches as far as scatters do, and lines are none.
        { id: 'extent', type: 'scatter', silent: true, symbolSize: 0, data: rows.map((row) => [ends![row], places.get(lanes[row]!)]) },
        {
          id: 'segments',
          type: 'lines',
          coordinateSystem: 'cartesian2d',
          silent: true,
          progressive: 0,
          symbol: ['none', 'none'],
          lineStyle: { width: thickness, opacity: 0.85 },
          data: rows.map(bar),
        },
      ],
    },
  };
}
