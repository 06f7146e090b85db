import { formatNumber } from '../format';
import { columnOf, numbersOf, rowsOf, type PlotAxis, type SlicePlot } from '../model';
import { selectedTrials, selectTrials } from '../selection';
import { axis, base, pixelOf, type Canvas, type Drawing } from './drawing';

const PanelWidth = 260;
const PanelHeight = 230;

/** The loss over every hyperparameter, a panel each; what is brushed in one stands out in all charts. */
export function slices({ table, plot, theme, width }: Canvas<SlicePlot>): Drawing {
  const trials = numbersOf(table, plot.trial);
  const losses = numbersOf(table, plot.loss.column);
  const columns = plot.axes.map((one) => columnOf(table, one.column));
  const rows = [...Array(rowsOf(table)).keys()].filter((row) => losses[row] !== null);
  // As many panels in a row as have room, and no row much emptier than the others.
  const most = Math.max(1, Math.min(plot.axes.length, Math.floor(width / PanelWidth)));
  const across = Math.ceil(plot.axes.length / Math.ceil(plot.axes.length / most));
  const panel = width / across;
  const selected = selectedTrials();
  let brushed = '';
  return {
    height: PanelHeight * Math.ceil(plot.axes.length / across),
    legend: [{ label: 'a trial', colour: theme.series[0]! }],
    rows,
    trialOf: (row) => trials[row] ?? null,
    locate: (chart, row) => plot.axes.flatMap((_, index) => pixelOf(chart, columns[index]!.values[row], losses[row], index)),
    listen: (chart) => {
      chart.off('brushSelected');
      chart.on('brushSelected', (event) => {
        const [batch] = (event as { batch: { areas: unknown[]; selected: { dataIndex: number[] }[] }[] }).batch;
        const found = (batch?.selected ?? []).flatMap((one) => one.dataIndex).map((index) => trials[rows[index]!]!);
        const key = batch && batch.areas.length > 0 ? [...new Set(found)].sort((a, b) => a - b).join() : '';
        // Drawing again tells the same brush once more.
        if (key === brushed) return;
        brushed = key;
        selectTrials(batch && batch.areas.length > 0 ? found : null);
      });
    },
    prepare: (chart) => {
      if (!matchMedia('(pointer: fine)').matches) return;
      chart.dispatchAction({
        type: 'takeGlobalCursor', key: 'brush', brushOption: { brushType: 'rect', brushMode: 'single' },
      });
    },
    option: {
      ...base(theme),
      brush: {
        xAxisIndex: 'all', yAxisIndex: 'all', throttleType: 'debounce', throttleDelay: 60, toolbox: [],
        brushStyle: { color: theme.faint, borderColor: theme.strong, borderWidth: 1 },
        outOfBrush: { colorAlpha: 1 },
      },
      grid: plot.axes.map((_, index) => ({
        left: (index % across) * panel + 8,
        top: Math.floor(index / across) * PanelHeight + 12,
        width: panel - 24,
        height: PanelHeight - 24,
        outerBoundsMode: 'same',
        outerBoundsContain: 'all',
        outerBounds: {
          left: (index % across) * panel + 8,
          top: Math.floor(index / across) * PanelHeight + 12,
          width: panel - 24,
          height: PanelHeight - 24,
        },
      })),
      xAxis: plot.axes.map((one, index) => axis(theme, one.label, { gridIndex: index, splitLine: { show: false }, ...scaleOf(one) })),
      yAxis: plot.axes.map((_, index) => axis(theme, index % across === 0 ? plot.loss.label : '', {
        nameGap: 40,
        gridIndex: index,
        type: plot.loss.isLog ? 'log' : 'value',
        axisLabel: { color: theme.muted, hideOverlap: true, formatter: formatNumber },
      })),
      series: plot.axes.map((one, index) => ({
        id: one.column,
        type: 'scatter',
        xAxisIndex: index,
        yAxisIndex: index,
        symbolSize: rows.length > 300 ? 4 : 7,
        data: rows.map((row) => ({
          value: [columns[index]!.values[row], losses[row]],
          itemStyle: { color: theme.series[0], opacity: selected === null || selected.has(trials[row]!) ? 0.7 : 0.07 },
        })),
      })),
    },
  };

  function scaleOf(one: PlotAxis): object {
    return one.categories
      ? { type: 'category', data: one.categories }
      : { type: one.isLog ? 'log' : 'value', axisLabel: { color: theme.muted, hideOverlap: true, formatter: formatNumber } };
  }
}
