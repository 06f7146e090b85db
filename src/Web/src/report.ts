import './report.css';
import { charts, selectionBar } from './chart';
import { element } from './dom';
import type { Report, Section } from './model';
import { SectionList } from './sections';

function main(): void {
  const report = JSON.parse(document.getElementById('data')!.textContent!) as Report;
  const root = document.getElementById('report')!;
  const sections = new SectionList(element('main'));
  root.append(
    element('header', {},
      element('p', { class: `word ${report.word.replaceAll(' ', '-')}` }, report.word),
      element('h1', {}, report.title),
      element('p', { class: 'subtitle' }, report.subtitle)),
    contents(report.sections),
    sections.root,
    selectionBar());
  sections.show(report.sections, report.tables);
  document.documentElement.dataset.ready = 'true';
}

function contents(sections: Section[]): HTMLElement {
  return element('nav', { 'aria-label': 'Sections' }, element('ul', {}, ...sections.map((section) =>
    element('li', {}, element('a', { href: `#${section.id}` }, section.title)))));
}

main();

export { charts };
