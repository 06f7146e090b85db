import { button, element } from './dom';
import { init, type ECharts } from './echarts';
import { describeRow } from './format';
import { rowsOf, textsOf, type Figure, type Plot, type Table } from './model';
import { draw } from './plots';
import type { Drawing, Point } from './plots/drawing';
import { onSelection, selectedTrials, selectTrials } from './selection';
import { currentTheme, isOnPaper, onThemeChange } from './theme';

const PaperWidth = 680;
const Invitation = 'Point at the chart, or walk through it with the arrow keys.';
const Reach = 40;
const MaxHoverRows = 60_000;

/** Every chart of the page by its figure's id, for those who want to read what was drawn. */
export const charts = new Map<string, ECharts>();

/** A chart: drawn again when its width, the colours or the selection change, and walked through by pointer and keyboard. */
export class ChartView {
  readonly root: HTMLElement;
  private readonly host = element('div', { class: 'canvas' });
  private readonly cursor = element('div', { class: 'cursor', 'aria-hidden': 'true' });
  private readonly readout = element('p', { class: 'readout', role: 'status' }, Invitation);
  private readonly legend = element('ul', { class: 'legend' });
  private readonly hidden: Set<string>;
  private readonly frame: HTMLElement;
  private group: string | null = null;
  private chart: ECharts | null = null;
  private drawing: Drawing | null = null;
  private points: Map<number, Point[]> | null = null;
  private position = -1;
  private readonly ends: (() => void)[] = [];

  constructor(private figure: Figure, private plot: Plot, private table: Table) {
    this.hidden = new Set(plot.kind === 'series' ? plot.hidden : []);
    this.frame = element('div', {
      class: 'chart', tabindex: 0, role: 'group', 'aria-roledescription': 'chart', 'aria-describedby': `${figure.id}-sentence`,
    }, this.host, this.cursor);
    this.label();
    this.root = element('div', {}, ...this.groups(), this.frame, this.legend, this.readout);
    this.frame.addEventListener('keydown', (event) => this.onKey(event));
    this.frame.addEventListener('pointermove', (event) => this.onPointer(event));
    this.frame.addEventListener('pointerleave', () => this.cursor.replaceChildren());
  }

  /** Draws for the first time; the element is in the page by then. */
  start(): void {
    this.render();
    let width = this.host.clientWidth;
    const observer = new ResizeObserver(() => {
      if (this.host.clientWidth === width || this.host.clientWidth === 0 || isOnPaper()) return;
      width = this.host.clientWidth;
      this.render();
    });
    observer.observe(this.host);
    this.ends.push(() => observer.disconnect(), onThemeChange(() => this.render()));
    if (this.drawing?.trialOf) this.ends.push(onSelection(() => this.render()));
  }

  /** Draws other figures in the same place; the plot is of the same kind. */
  change(figure: Figure, plot: Plot, table: Table): void {
    [this.figure, this.plot, this.table] = [figure, plot, table];
    this.label();
    this.render();
    this.drawing!.listen?.(this.chart!);
    this.cursor.replaceChildren();
  }

  /** Draws no more. */
  end(): void {
    for (const end of this.ends) end();
    charts.delete(this.figure.id);
    this.chart?.dispose();
  }

  private label(): void {
    this.frame.setAttribute('aria-label', `${this.figure.title}: ${rowsOf(this.table)} figures`);
  }

  private render(): void {
    const width = isOnPaper() ? PaperWidth : this.host.clientWidth;
    const { figure, table, plot, hidden, group } = this;
    const drawing = draw({ table, plot, theme: currentTheme(), width, hidden, group });
    this.drawing = drawing;
    this.points = null;
    this.host.style.height = `${drawing.height}px`;
    if (this.chart) {
      this.chart.resize({ width, height: drawing.height });
      this.chart.setOption(drawing.option, drawing.isRebuilt ? { notMerge: true } : { replaceMerge: ['series'] });
    } else {
      this.chart = init(this.host, null, { renderer: 'canvas', width, height: drawing.height });
      this.chart.setOption(drawing.option);
      drawing.listen?.(this.chart);
      charts.set(figure.id, this.chart);
    }

    drawing.prepare?.(this.chart);
    this.renderLegend(drawing);
    this.frame.dataset.drawn = 'true';
  }

  private renderLegend(drawing: Drawing): void {
    this.legend.hidden = drawing.legend.length === 0;
    this.legend.replaceChildren(...drawing.legend.map((entry, index) => {
      const swatch = element('span', { class: 'swatch', 'aria-hidden': 'true' });
      swatch.style.background = entry.colour;
      if (!entry.column) return element('li', {}, swatch, entry.label);
      const column = entry.column;
      const box = element('input', { type: 'checkbox' });
      box.checked = !this.hidden.has(column);
      box.addEventListener('change', () => {
        if (box.checked) this.hidden.delete(column);
        else this.hidden.add(column);
        this.render();
        this.legend.querySelectorAll('input')[index]?.focus();
      });
      return element('li', {}, element('label', {}, box, swatch, entry.label));
    }));
  }

  private groups(): HTMLElement[] {
    if (this.plot.kind !== 'series' || !this.plot.group) return [];
    const names = [...new Set(textsOf(this.table, this.plot.group).map((name) => name ?? ''))];
    this.group = names[0] ?? null;
    const choice = element('select', {}, ...names.map((name) => element('option', { value: name }, name)));
    choice.addEventListener('change', () => {
      this.group = choice.value;
      this.render();
    });
    return [element('p', {}, element('label', {}, 'Series ', choice))];
  }

  private onKey(event: KeyboardEvent): void {
    const rows = this.drawing?.rows ?? [];
    const steps: Record<string, number> = {
      ArrowRight: this.position + 1, ArrowUp: this.position + 1, ArrowLeft: this.position - 1, ArrowDown: this.position - 1,
      PageDown: this.position + 10, PageUp: this.position - 10, Home: 0, End: rows.length - 1,
    };
    if (event.key in steps && rows.length > 0) {
      this.position = Math.max(0, Math.min(rows.length - 1, steps[event.key]!));
      this.show(rows[this.position]!);
    } else if (event.key === 'Escape') {
      selectTrials(null);
    } else if ((event.key === 'Enter' || event.key === ' ') && this.drawing?.trialOf && this.position >= 0) {
      this.toggle(this.drawing.trialOf(rows[this.position]!));
    } else {
      return;
    }

    event.preventDefault();
  }

  private toggle(trial: number | null): void {
    if (trial === null) return;
    const chosen = new Set(selectedTrials() ?? []);
    if (!chosen.delete(trial)) chosen.add(trial);
    selectTrials(chosen.size > 0 ? chosen : null);
  }

  private onPointer(event: PointerEvent): void {
    const { drawing, chart } = this;
    if (!drawing || !chart || drawing.rows.length > MaxHoverRows) return;
    const bounds = this.host.getBoundingClientRect();
    const [x, y] = [event.clientX - bounds.left, event.clientY - bounds.top];
    this.points ??= new Map(drawing.rows.map((row) => [row, drawing.locate(chart, row)]));
    let [nearest, distance] = [-1, Reach * Reach];
    for (const [row, places] of this.points) {
      for (const place of places) {
        const away = (place[0] - x) ** 2 + (drawing.snapsToX ? 0 : (place[1] - y) ** 2);
        if (away < distance) [nearest, distance] = [row, away];
      }
    }

    if (nearest >= 0) {
      this.position = drawing.rows.indexOf(nearest);
      this.show(nearest);
    }
  }

  private show(row: number): void {
    if (!this.chart || !this.drawing) return;
    this.readout.textContent = describeRow(this.table, row);
    this.cursor.replaceChildren(...this.drawing.locate(this.chart, row).map(([x, y]) => {
      const mark = element('div', { class: 'mark' });
      mark.style.left = `${x}px`;
      mark.style.top = `${y}px`;
      return mark;
    }));
  }
}

/** The line at the foot of the page that says which trials are selected. */
export function selectionBar(): HTMLElement {
  const text = element('span', { role: 'status' });
  const clear = button('Clear', 'Clear the selection of trials', () => selectTrials(null));
  const bar = element('div', { class: 'selection' }, text, clear);
  bar.hidden = true;
  onSelection(() => {
    const trials = selectedTrials();
    bar.hidden = trials === null;
    const first = [...(trials ?? [])].slice(0, 12).join(', ');
    const word = trials?.size === 1 ? 'trial' : 'trials';
    text.textContent = trials === null ? '' : `${trials.size} ${word} selected: ${first}${trials.size > 12 ? ', ...' : ''}`;
  });
  return bar;
}
