import { element } from '../dom';
import { get, inAddress, type Page } from '../live';
import { cardTable } from './cards';
import { foldsOf, lossOf, moment, stateOf, trialsOf, word, type StudyRow } from './rows';
import { spark } from './spark';

const Columns = [
  { name: 'study', kind: 'text' }, { name: 'state' }, { name: 'verdict' }, { name: 'trials', kind: 'number' },
  { name: 'folds', kind: 'number' }, { name: 'best loss', kind: 'number' }, { name: 'best so far' }, { name: 'started (UTC)' }, { name: 'ended (UTC)' },
];

/** All studies, latest first. */
export class StudiesPage implements Page {
  readonly title = 'Studies';
  readonly address = '/';
  readonly resources = ['studies'];
  private readonly list = element('div');
  readonly root = element('main', {}, element('h1', {}, this.title), this.list);

  async load(): Promise<void> {
    const rows = await get<StudyRow[]>('/api/studies');
    // Whoever stands on a link stays there.
    const focused = document.activeElement?.getAttribute('href');
    this.list.replaceChildren(rows.length === 0
      ? element('p', {}, 'There is no study in this store yet; macrocausal train begins one.')
      : cardTable(`${rows.length} ${rows.length === 1 ? 'study' : 'studies'}, latest first`, Columns, rows.map(cells)));
    if (focused) this.list.querySelector<HTMLElement>(`a[href=${CSS.escape(focused)}]`)?.focus();
  }
}

function cells(row: StudyRow): (Node | string)[] {
  const { summary } = row;
  return [
    element('a', { href: `/studies/${inAddress(summary.executionId)}` }, summary.executionId), stateOf(summary),
    summary.verdict ? word(row) : '', trialsOf(summary), foldsOf(row), lossOf(summary.bestLoss), spark(row.bestSoFar),
    moment(summary.startedAt), moment(row.endedAt),
  ];
}
