import { formatNumber } from '../format';
import { columnOf, numbersOf, rowsOf, textsOf, type BarPlot } from '../model';
import { axis, base, Grid, markLines, pixelOf, type Canvas, type Drawing } from './drawing';

/** Bars that stand or lie, stacked where there are several columns. */
export function bars({ table, plot, theme, width, hidden }: Canvas<BarPlot>): Drawing {
  const labels = textsOf(table, plot.label).map((label) => label ?? '');
  const rows = [...Array(rowsOf(table)).keys()];
  const shown = plot.values.filter((name) => !hidden.has(name));
  const colourOf = (name: string): string => theme.series[plot.values.indexOf(name) % theme.series.length]!;
  const lengths = axis(theme, plot.axis, {
    type: 'value',
    scale: false,
    nameGap: plot.isHorizontal ? 28 : 44,
    axisLabel: { color: theme.muted, hideOverlap: true, formatter: formatNumber },
  });
  const names = {
    type: 'category',
    data: labels,
    inverse: plot.isHorizontal,
    axisLine: { onZero: false, lineStyle: { color: theme.line } },
    axisTick: { show: false },
    name: plot.isHorizontal ? '' : columnOf(table, plot.label).label,
    nameLocation: 'middle',
    nameGap: 28,
    nameTextStyle: { color: theme.muted },
    axisLabel: plot.isHorizontal
      ? { color: theme.text, width: Math.min(260, Math.floor(width * 0.36)), overflow: 'truncate', interval: 0 }
      : { color: theme.muted, hideOverlap: true },
  };
  type Place = [number | null | undefined, number | null | undefined];
  const point = (value: number | null | undefined, row: number): Place => (plot.isHorizontal ? [value, row] : [row, value]);
  const along = plot.isHorizontal ? 'xAxis' : 'yAxis';
  const total = (row: number): number => shown.reduce((sum, name) => sum + (numbersOf(table, name)[row] ?? 0), 0);
  const isStacked = plot.values.length > 1;
  return {
    height: plot.isHorizontal ? 70 + 26 * labels.length : 260,
    legend: [
      ...(isStacked ? plot.values.map((name) => ({ label: columnOf(table, name).label, colour: colourOf(name), column: name })) : []),
      ...(plot.mark ? [{ label: columnOf(table, plot.mark).label, colour: theme.strong }] : []),
    ],
    rows,
    snapsToX: !plot.isHorizontal,
    locate: (chart, row) => pixelOf(chart, ...point(total(row), row)),
    option: {
      ...base(theme),
      grid: Grid,
      xAxis: plot.isHorizontal ? lengths : names,
      yAxis: plot.isHorizontal ? names : lengths,
      series: [
        ...shown.map((name, index) => ({
          id: name,
          type: 'bar',
          stack: isStacked ? 'all' : undefined,
          barMaxWidth: 18,
          itemStyle: { color: colourOf(name) },
          data: numbersOf(table, name),
          markLine: index === 0 && plot.references.length > 0 ? markLines(theme, plot.references, along) : undefined,
        })),
        ...(plot.mark
          ? [{
            id: 'mark', type: 'scatter', symbol: 'diamond', symbolSize: 10, itemStyle: { color: theme.strong }, z: 5,
            data: rows.map((row) => point(numbersOf(table, plot.mark!)[row], row)),
          }]
          : []),
      ],
    },
  };
}
