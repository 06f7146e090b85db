import { button, element } from '../dom';
import { get, inAddress, type Page } from '../live';
import { cardTable } from './cards';
import { comparisonOf, MaxCompared, MinCompared } from './compare';
import { foldsOf, lossOf, moment, stateOf, trialsOf, word, type StudyRow } from './rows';
import { spark } from './spark';

const Columns = [
  { name: 'study', kind: 'text' }, { name: 'state' }, { name: 'verdict' }, { name: 'trials', kind: 'number' },
  { name: 'folds', kind: 'number' }, { name: 'best loss', kind: 'number' }, { name: 'best so far' },
  { name: 'started (UTC)' }, { name: 'ended (UTC)' }, { name: 'compare' },
];

/** All studies, latest first. */
export class StudiesPage implements Page {
  readonly title = 'Studies';
  readonly address = '/';
  readonly resources = ['studies'];
  private readonly list = element('div');
  private readonly compare = button('', undefined, () => location.assign(comparisonOf([...this.chosen])));
  private readonly chosen = new Set<string>();
  readonly root = element('main', {},
    element('h1', {}, this.title), element('p', { class: 'actions' }, this.compare), this.list);

  async load(): Promise<void> {
    const rows = await get<StudyRow[]>('/api/studies');
    // Whoever stands on a link stays there.
    const focused = document.activeElement?.getAttribute('data-place');
    for (const id of this.chosen) {
      if (!rows.some((row) => row.summary.executionId === id)) this.chosen.delete(id);
    }
    const caption = `${rows.length} ${rows.length === 1 ? 'study' : 'studies'}, latest first`;
    this.list.replaceChildren(rows.length === 0
      ? element('p', {}, 'There is no study in this store yet; macrocausal train begins one.')
      : cardTable(caption, Columns, rows.map((row) => [...cells(row), this.choiceOf(row)])));
    if (focused) this.list.querySelector<HTMLElement>(`[data-place="${CSS.escape(focused)}"]`)?.focus();
    this.arrange();
  }

  private choiceOf(row: StudyRow): HTMLElement {
    const id = row.summary.executionId;
    const box = element('input', {
      type: 'checkbox', checked: this.chosen.has(id), 'aria-label': `Compare ${id}`, 'data-place': `compare ${id}`,
    });
    box.addEventListener('change', () => {
      if (box.checked) this.chosen.add(id);
      else this.chosen.delete(id);
      this.arrange();
    });
    return box;
  }

  private arrange(): void {
    const count = this.chosen.size;
    this.compare.disabled = count < MinCompared || count > MaxCompared;
    this.compare.textContent = this.compare.disabled
      ? `Compare (tick ${MinCompared} to ${MaxCompared} studies)`
      : `Compare ${count} studies`;
  }
}

function cells(row: StudyRow): (Node | string)[] {
  const { summary, summary: { executionId } } = row;
  return [
    element('a', { href: `/studies/${inAddress(executionId)}`, 'data-place': executionId }, executionId), stateOf(summary),
    summary.verdict ? word(row) : '', trialsOf(summary), foldsOf(row), lossOf(summary.bestLoss), spark(row.bestSoFar),
    moment(summary.startedAt), moment(row.endedAt),
  ];
}
