import './report.css';
import { charts, ChartView, selectionBar } from './chart';
import { button, element } from './dom';
import type { Figure, Report, Section, Table } from './model';
import { tableView } from './table';

const views: ChartView[] = [];

function main(): void {
  const report = JSON.parse(document.getElementById('data')!.textContent!) as Report;
  const root = document.getElementById('report')!;
  root.append(
    element('header', {},
      element('p', { class: `word ${report.word.replaceAll(' ', '-')}` }, report.word),
      element('h1', {}, report.title),
      element('p', { class: 'subtitle' }, report.subtitle)),
    contents(report.sections),
    element('main', {}, ...report.sections.map((section) => sectionView(section, report.tables))),
    selectionBar());
  for (const view of views) view.start();
  document.documentElement.dataset.ready = 'true';
}

function contents(sections: Section[]): HTMLElement {
  return element('nav', { 'aria-label': 'Sections' }, element('ul', {}, ...sections.map((section) =>
    element('li', {}, element('a', { href: `#${section.id}` }, section.title)))));
}

function sectionView(section: Section, tables: Record<string, Table>): HTMLElement {
  const heading = element('h2', { id: `${section.id}-title` }, section.title);
  return element('section', { id: section.id, 'aria-labelledby': heading.id },
    heading,
    ...section.text.map((paragraph) => element('p', {}, paragraph)),
    ...section.figures.map((figure) => figureView(figure, tables[figure.table]!)),
    ...section.snippets.map((snippet) => element('div', { class: 'snippet' },
      element('h3', {}, snippet.title),
      element('pre', { tabindex: 0, role: 'region', 'aria-label': snippet.title }, element('code', {}, snippet.lines.join('\n'))))));
}

function figureView(figure: Figure, table: Table): HTMLElement {
  const view = element('article', { id: figure.id, class: 'figure', 'aria-labelledby': `${figure.id}-title` },
    element('h3', { id: `${figure.id}-title` }, figure.title),
    element('p', { id: `${figure.id}-sentence` }, figure.sentence));
  if (!figure.plot) {
    view.append(tableView(table, figure.title));
    return view;
  }

  const chart = new ChartView(figure, figure.plot, table);
  views.push(chart);
  const place = element('div');
  const toggle = button('Figures', `Figures of ${figure.title}`, () => {
    const isOpen = place.childElementCount > 0;
    place.replaceChildren(...(isOpen ? [] : [tableView(table, figure.title)]));
    toggle.setAttribute('aria-expanded', String(!isOpen));
  });
  toggle.setAttribute('aria-expanded', 'false');
  view.append(chart.root, element('p', { class: 'actions' }, toggle), place);
  return view;
}

main();

export { charts };
