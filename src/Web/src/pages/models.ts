import { button, element } from '../dom';
import { choose } from './action';
import { get, inAddress, type Page } from '../live';
import { cardTable } from './cards';
import { lossOf, moment } from './rows';

interface ModelRow {
  modelId: string;
  executionId: string;
  status: string;
  isPromoted: boolean;
  createdAt: string;
  version: string;
  metrics: Record<string, number>;
  weightsSha256: string;
}

const Columns = [
  { name: 'model', kind: 'text' }, { name: 'status' }, { name: 'validation loss', kind: 'number' }, { name: 'study', kind: 'text' },
  { name: 'started (UTC)' }, { name: 'version' }, { name: 'weights, SHA-256' }, { name: 'change' },
];

/** The registry. */
export class ModelsPage implements Page {
  readonly title = 'Models';
  readonly address = '/models';
  readonly resources = ['models'];
  private readonly list = element('div');
  private readonly says = element('p', { class: 'says', role: 'status' });
  readonly root = element('main', {}, element('h1', {}, this.title), this.says, this.list);

  async load(): Promise<void> {
    const rows = await get<ModelRow[]>('/api/models');
    // Whoever stands on a link or a button stays there.
    const focused = document.activeElement?.getAttribute('id');
    const caption = `${rows.length} ${rows.length === 1 ? 'model' : 'models'}, latest first`;
    this.list.replaceChildren(rows.length === 0
      ? element('p', {}, 'There is no model in this store yet.')
      : cardTable(caption, Columns, rows.map((row, index) => this.cells(row, index))));
    if (focused) document.getElementById(focused)?.focus();
  }

  private cells(row: ModelRow, index: number): (Node | string)[] {
    const change = row.isPromoted
      ? button('Demote...', `Demote... the model ${row.modelId}`, () => void this.onDemote(row))
      : button('Promote...', `Promote... the model ${row.modelId}`, () => void this.onPromote(row));
    change.id = `change-${index}`;
    return [...cells(row), change];
  }

  private onPromote(row: ModelRow): Promise<void> {
    return choose(this.says, `Give the model ${row.modelId} the status PRODUCTION? It is ${row.status}; no other model changes.`, [
      { text: 'Promote it', address: `/api/promote/${inAddress(row.modelId)}`, body: { seen: row.status } },
    ]);
  }

  private onDemote(row: ModelRow): Promise<void> {
    return choose(this.says, `Give the model ${row.modelId} back the status TRAINED? It is ${row.status}.`, [
      { text: 'Demote it', address: `/api/demote/${inAddress(row.modelId)}`, body: { seen: row.status } },
    ]);
  }
}

function cells(row: ModelRow): (Node | string)[] {
  return [
    row.modelId, row.status, lossOf(row.metrics.validation_loss),
    element('a', { href: `/studies/${inAddress(row.executionId)}` }, row.executionId), moment(row.createdAt), row.version,
    element('span', { title: row.weightsSha256 }, row.weightsSha256.slice(0, 12)),
  ];
}
