import { formatNumber } from '../format';
import { numbersOf, rowsOf, textsOf, type PanelPlot } from '../model';
import { axis, base, pixelOf, type Canvas, type Drawing } from './drawing';

const PanelWidth = 300;
const PanelHeight = 260;

/** A line with its band over each of several columns; the panels have one vertical scale. */
export function panels({ table, plot, theme, width }: Canvas<PanelPlot>): Drawing {
  const names = textsOf(table, plot.panel);
  const categories = textsOf(table, plot.category);
  const [xs, ys, low, high] = [plot.x, plot.y, plot.low, plot.high].map((name) => numbersOf(table, name)) as (number | null)[][];
  const all = [...Array(rowsOf(table)).keys()];
  const rowsIn = plot.panels.map((panel) => all.filter((row) => names[row] === panel));
  const most = Math.max(1, Math.min(plot.panels.length, Math.floor(width / PanelWidth)));
  const across = Math.ceil(plot.panels.length / Math.ceil(plot.panels.length / most));
  const panel = width / across;
  const isCategory = rowsIn.map((rows) => categories[rows[0]!] !== null);
  const at = (row: number): number | string | null => categories[row] ?? xs![row] ?? null;
  const span = [Math.min(...low!.filter((value) => value !== null)), Math.max(...high!.filter((value) => value !== null))] as const;
  return {
    height: PanelHeight * Math.ceil(plot.panels.length / across),
    legend: [{ label: 'mean forecast', colour: theme.series[0]! }, { label: '80 % of the rows', colour: `${theme.series[0]}55` }],
    rows: all,
    isRebuilt: true,
    locate: (chart, row) => pixelOf(chart, at(row), ys![row], plot.panels.indexOf(names[row]!)),
    option: {
      ...base(theme),
      grid: plot.panels.map((_, index) => {
        const place = {
          left: (index % across) * panel + 8,
          top: Math.floor(index / across) * PanelHeight + 12,
          width: panel - 24,
          height: PanelHeight - 24,
        };
        return { ...place, outerBoundsMode: 'same', outerBoundsContain: 'all', outerBounds: place };
      }),
      xAxis: plot.panels.map((name, index) => axis(theme, name, {
        gridIndex: index,
        splitLine: { show: false },
        axisLine: { onZero: false, lineStyle: { color: theme.muted } },
        nameTextStyle: { color: theme.text, width: panel - 60, overflow: 'truncate' },
        ...(isCategory[index]
          ? { type: 'category', data: rowsIn[index]!.map((row) => categories[row]) }
          : { type: 'value', axisLabel: { color: theme.muted, hideOverlap: true, formatter: formatNumber } }),
      })),
      yAxis: plot.panels.map((_, index) => axis(theme, index % across === 0 ? plot.axis : '', {
        gridIndex: index,
        axisLine: { show: false },
        type: 'value',
        min: span[0],
        max: span[1],
        nameGap: 44,
        nameTextStyle: { color: theme.muted, width: PanelHeight - 60, overflow: 'truncate' },
        axisLabel: { color: theme.muted, hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: formatNumber },
      })),
      series: plot.panels.flatMap((name, index) => (isCategory[index] ? rangesOf(name, index) : linesOf(name, index))),
    },
  };

  function linesOf(name: string, index: number): object[] {
    const place = { xAxisIndex: index, yAxisIndex: index, type: 'line', silent: true, showSymbol: false };
    const rows = rowsIn[index]!;
    const edge = (id: string, values: (row: number) => number, area: boolean): object => ({
      ...place, id: `${name} ${id}`, stack: `band ${index}`, stackStrategy: 'all', lineStyle: { opacity: 0 },
      areaStyle: area ? { color: theme.series[0], opacity: 0.18 } : undefined, data: rows.map((row) => [xs![row], values(row)]),
    });
    return [
      edge('low', (row) => low![row]!, false),
      edge('width', (row) => high![row]! - low![row]!, true),
      {
        ...place, id: name, lineStyle: { color: theme.series[0], width: 2 }, itemStyle: { color: theme.series[0] },
        data: rows.map((row) => [xs![row], ys![row]]),
      },
    ];
  }

  function rangesOf(name: string, index: number): object[] {
    const place = { xAxisIndex: index, yAxisIndex: index };
    const rows = rowsIn[index]!;
    return [
      {
        ...place, id: `${name} ranges`, type: 'lines', coordinateSystem: 'cartesian2d', silent: true, symbol: ['none', 'none'],
        lineStyle: { color: theme.series[0], width: 6, opacity: 0.25 },
        data: rows.map((row) => ({ coords: [[categories[row], low![row]], [categories[row], high![row]]] })),
      },
      {
        ...place, id: name, type: 'scatter', symbolSize: 9, itemStyle: { color: theme.series[0] },
        data: rows.map((row) => [categories[row], ys![row]]),
      },
    ];
  }
}
