import { element } from '../dom';
import { get, inAddress, type Page } from '../live';
import { cardTable } from './cards';
import { lossOf, moment } from './rows';

interface ModelRow {
  modelId: string;
  executionId: string;
  status: string;
  createdAt: string;
  version: string;
  metrics: Record<string, number>;
  weightsSha256: string;
}

const Columns = [
  { name: 'model', kind: 'text' }, { name: 'status' }, { name: 'validation loss', kind: 'number' }, { name: 'study', kind: 'text' },
  { name: 'started (UTC)' }, { name: 'version' }, { name: 'weights, SHA-256' },
];

/** The registry. */
export class ModelsPage implements Page {
  readonly title = 'Models';
  readonly address = '/models';
  readonly resources = ['models'];
  private readonly list = element('div');
  readonly root = element('main', {}, element('h1', {}, this.title), this.list);

  async load(): Promise<void> {
    const rows = await get<ModelRow[]>('/api/models');
    this.list.replaceChildren(rows.length === 0
      ? element('p', {}, 'There is no model in this store yet.')
      : cardTable(`${rows.length} ${rows.length === 1 ? 'model' : 'models'}, latest first`, Columns, rows.map(cells)));
  }
}

function cells(row: ModelRow): (Node | string)[] {
  return [
    row.modelId, row.status, lossOf(row.metrics.validation_loss),
    element('a', { href: `/studies/${inAddress(row.executionId)}` }, row.executionId), moment(row.createdAt), row.version,
    element('span', { title: row.weightsSha256 }, row.weightsSha256.slice(0, 12)),
  ];
}
