import { selectionBar } from '../chart';
import { element } from '../dom';
import { get, inAddress, type Page, Refused } from '../live';
import type { Report } from '../model';
import { SectionList } from '../sections';

/** How many can be compared. */
export const MinCompared = 2;
export const MaxCompared = 10;

/** The address of a comparison of studies, or of trials of one. */
export function comparisonOf(studies: string[], trials: number[] = []): string {
  const asked = new URLSearchParams();
  for (const id of studies) asked.append('id', id);
  for (const trial of trials) asked.append('trial', String(trial));
  return `/compare?${asked.toString()}`;
}

/** Studies, or trials of a study, beside each other, as they go. */
export class ComparePage implements Page {
  readonly title = 'Compare';
  readonly address = '/compare';
  readonly resources: string[];
  private readonly ids: string[];
  private readonly head = element('div');
  private readonly sections = new SectionList(element('div'));
  readonly root = element('main', {}, this.head, this.sections.root, selectionBar());

  constructor(private readonly asked: string) {
    this.ids = [...new Set(new URLSearchParams(asked).getAll('id'))];
    this.resources = this.ids.map((id) => `studies/${id}`);
  }

  async load(): Promise<void> {
    try {
      const report = await get<Report>(`/api/compare${this.asked}`);
      this.head.replaceChildren(
        ...(report.word ? [element('span', { class: `word ${report.word.replaceAll(' ', '-')}` }, report.word)] : []),
        element('h1', {}, report.title),
        element('p', { class: 'subtitle' }, report.subtitle),
        element('nav', { 'aria-label': 'Compared studies' }, element('ul', {}, ...this.ids.map((id) =>
          element('li', {}, element('a', { href: `/studies/${inAddress(id)}` }, id))))));
      this.sections.show(report.sections, report.tables);
    } catch (error) {
      if (!(error instanceof Refused) || (error.status !== 404 && error.status !== 400)) throw error;
      this.head.replaceChildren(element('h1', {}, this.title), element('p', {}, error.message));
      this.sections.show([], {});
    }
  }
}
