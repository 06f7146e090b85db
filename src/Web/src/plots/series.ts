import { formatNumber } from '../format';
import { columnOf, numbersOf, rowsOf, textsOf, type SeriesPlot } from '../model';
import { axis, base, Grid, pixelOf, type Canvas, type Drawing } from './drawing';

/** Lines over time: what was seen, what was forecast, and the others. */
export function series({ table, plot, theme, hidden, group }: Canvas<SeriesPlot>): Drawing {
  const x = columnOf(table, plot.x);
  const groups = plot.group ? textsOf(table, plot.group) : null;
  const rows = [...Array(rowsOf(table)).keys()].filter((row) => groups === null || groups[row] === group);
  const isMain = (name: string): boolean => !plot.arePeers && (name === plot.lines[0] || name === plot.model);
  const others = plot.lines.filter((name) => !isMain(name));
  const colours = plot.lines.map((name, index) =>
    isMain(name) && index === 0 ? theme.seen
      : name === plot.model ? theme.strong
      : theme.series[others.indexOf(name) % theme.series.length]!);
  const bandColour = colours[plot.lines.indexOf(plot.bandLine ?? '')] ?? theme.strong;
  const shown = plot.lines.filter((name) => !hidden.has(name));
  const first = shown[0] ? numbersOf(table, shown[0]) : null;
  return {
    height: 380,
    legend: [
      ...plot.lines.map((name, index) => ({ label: columnOf(table, name).label, colour: colours[index]!, column: name })),
      ...(plot.bandLabel ? [{ label: plot.bandLabel, colour: `${bandColour}40` }] : []),
      ...(plot.spans.length > 0 ? [{ label: 'blocks of the walk-forward', colour: theme.faint }] : []),
    ],
    rows,
    snapsToX: true,
    locate: (chart, row) => pixelOf(chart, x.values[row], first?.[row]),
    option: {
      ...base(theme),
      grid: { ...Grid, bottom: 58 },
      xAxis: axis(theme, '', { type: x.type === 'text' ? 'time' : 'value', splitLine: { show: false } }),
      yAxis: axis(theme, plot.axis, { type: 'value', nameGap: 44, axisLabel: { color: theme.muted, formatter: formatNumber } }),
      dataZoom: [
        { type: 'inside', zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false },
        { type: 'slider', height: 22, bottom: 10, textStyle: { color: theme.muted }, borderColor: theme.line, brushSelect: false },
      ],
      series: [...spansOf(), ...bandOf(), ...shown.map((name) => lineOf(name))],
    },
  };

  // Beyond the colours that there are, peers are dashed.
  function typeOf(name: string): string {
    return isMain(name) || (plot.arePeers && plot.lines.indexOf(name) < theme.series.length) ? 'solid' : 'dashed';
  }

  function lineOf(name: string): object {
    const index = plot.lines.indexOf(name);
    const values = numbersOf(table, name);
    return {
      id: name,
      type: 'line',
      showSymbol: false,
      lineStyle: { color: colours[index], width: isMain(name) ? 2 : 1.3, type: typeOf(name) },
      itemStyle: { color: colours[index] },
      z: isMain(name) ? 5 : 3,
      data: rows.map((row) => [x.values[row], values[row]]),
    };
  }

  // Every block begins where the one before it ended, so that no row lies between two.
  function spansOf(): object[] {
    if (plot.spans.length === 0) return [];
    const end = (span: number): number => plot.spans[span + 1]?.first ?? plot.spans[span]!.last;
    return [{
      id: 'spans',
      type: 'line',
      silent: true,
      data: [],
      markArea: {
        silent: true,
        data: plot.spans.map((span, index) => [
          {
            name: span.label, xAxis: x.values[span.first],
            itemStyle: { color: theme.muted, opacity: index % 2 === 0 ? 0.06 : 0.14 },
            label: { color: theme.muted, position: 'insideTop', fontSize: 11 },
          },
          { xAxis: x.values[end(index)] },
        ]),
      },
    }];
  }

  // An area between two lines is the area above an unseen line.
  function bandOf(): object[] {
    if (!plot.band || hidden.has(plot.bandLine ?? '')) return [];
    const [low, high] = [numbersOf(table, plot.band[0]), numbersOf(table, plot.band[1])];
    const edge = (id: string, values: (row: number) => number | null, area: boolean): object => ({
      id, type: 'line', silent: true, showSymbol: false, stack: 'band', stackStrategy: 'all', lineStyle: { opacity: 0 },
      areaStyle: area ? { color: bandColour, opacity: 0.15 } : undefined, data: rows.map((row) => [x.values[row], values(row)]),
    });
    return [
      edge('band-low', (row) => low[row] ?? null, false),
      edge('band-width', (row) => (low[row] === null || high[row] === null ? null : high[row]! - low[row]!), true),
    ];
  }
}
