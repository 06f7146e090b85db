import { ChartView } from './chart';
import { button, element } from './dom';
import type { Figure, Section, Table } from './model';
import { tableView } from './table';

/** The sections of a report, shown below each other; shown again, they change in place. */
export class SectionList {
  private readonly views = new Map<string, SectionView>();

  constructor(readonly root: HTMLElement) {}

  show(sections: Section[], tables: Record<string, Table>): void {
    keep(this.views, sections, (section) => new SectionView(section));
    order(this.root, sections.map((section) => this.views.get(section.id)!.root));
    for (const section of sections) this.views.get(section.id)!.show(section, tables);
    // Charts come last, when the page has its width.
    for (const view of this.views.values()) view.start();
  }
}

class SectionView {
  readonly root: HTMLElement;
  private readonly heading: HTMLElement;
  private readonly text = element('div');
  private readonly figures = element('div');
  private readonly snippets = element('div');
  private readonly views = new Map<string, FigureView>();

  constructor(section: Section) {
    this.heading = element('h2', { id: `${section.id}-title` });
    this.root = element('section', { id: section.id, 'aria-labelledby': this.heading.id },
      this.heading, this.text, this.figures, this.snippets);
  }

  show(section: Section, tables: Record<string, Table>): void {
    this.heading.textContent = section.title;
    this.text.replaceChildren(...section.text.map((paragraph) => element('p', {}, paragraph)));
    keep(this.views, section.figures, (figure) => new FigureView(figure));
    order(this.figures, section.figures.map((figure) => this.views.get(figure.id)!.root));
    for (const figure of section.figures) this.views.get(figure.id)!.show(figure, tables[figure.table]!);
    this.snippets.replaceChildren(...section.snippets.map((snippet) => element('div', { class: 'snippet' },
      element('h3', {}, snippet.title),
      element('pre', { tabindex: 0, role: 'region', 'aria-label': snippet.title }, element('code', {}, snippet.lines.join('\n'))))));
  }

  start(): void {
    for (const view of this.views.values()) view.start();
  }

  remove(): void {
    for (const view of this.views.values()) view.remove();
    this.root.remove();
  }
}

class FigureView {
  readonly root: HTMLElement;
  private readonly title: HTMLElement;
  private readonly sentence: HTMLElement;
  private readonly place = element('div');
  private readonly toggle: HTMLButtonElement | null;
  private chart: ChartView | null = null;
  private isStarted = false;
  private table: Table | null = null;

  constructor(figure: Figure) {
    this.title = element('h3', { id: `${figure.id}-title` }, figure.title);
    this.sentence = element('p', { id: `${figure.id}-sentence` });
    this.root = element('article', { id: figure.id, class: 'figure', 'aria-labelledby': this.title.id }, this.title, this.sentence);
    this.toggle = figure.plot ? button('Figures', `Figures of ${figure.title}`, () => this.open(this.place.childElementCount === 0)) : null;
    this.toggle?.setAttribute('aria-expanded', 'false');
  }

  show(figure: Figure, table: Table): void {
    this.table = table;
    this.title.textContent = figure.title;
    this.sentence.textContent = figure.sentence;
    if (!figure.plot) {
      this.root.append(this.place);
      this.open(true);
    } else if (this.chart) {
      this.chart.change(figure, figure.plot, table);
      if (this.place.childElementCount > 0) this.open(true);
    } else {
      this.chart = new ChartView(figure, figure.plot, table);
      this.root.append(this.chart.root, element('p', { class: 'actions' }, this.toggle!), this.place);
    }
  }

  start(): void {
    if (!this.isStarted) this.chart?.start();
    this.isStarted = true;
  }

  remove(): void {
    this.chart?.end();
    this.root.remove();
  }

  // A table in which somebody is at work is left alone until the next change.
  private open(isOpen: boolean): void {
    if (isOpen && this.place.contains(document.activeElement)) return;
    const top = this.place.querySelector('.scroll')?.scrollTop ?? 0;
    this.place.replaceChildren(...(isOpen ? [tableView(this.table!, this.title.textContent!)] : []));
    if (top > 0) this.place.querySelector('.scroll')!.scrollTop = top;
    this.toggle?.setAttribute('aria-expanded', String(isOpen));
  }
}

// Views of what is there no longer go, and what is new gets one.
function keep<T extends { id: string }, V extends { remove(): void }>(views: Map<string, V>, shown: T[], make: (one: T) => V): void {
  const ids = new Set(shown.map((one) => one.id));
  for (const [id, view] of views) {
    if (ids.has(id)) continue;
    view.remove();
    views.delete(id);
  }

  for (const one of shown) {
    if (!views.has(one.id)) views.set(one.id, make(one));
  }
}

function order(parent: HTMLElement, children: HTMLElement[]): void {
  for (const [index, child] of children.entries()) {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  }
}
