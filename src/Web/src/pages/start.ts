import { element } from '../dom';
import { get, inAddress, send, type Page } from '../live';
import { type Dimension, DimensionView, type Field, FieldView, type FormView, Place, TableView } from './fields';

interface Form {
  fields: (Field & { isMain: boolean })[];
  searchSpace: Dimension[];
  maxUploadBytes: number;
}

interface Answer {
  executionId?: string;
  errors?: { field: string; sentence: string }[];
}

/** The form that starts a study. What may be filled in, its defaults, and what is wrong with it come from C#. */
export class StartPage implements Page {
  readonly title = 'Start a study';
  readonly address = '/start';
  readonly resources = [];
  private readonly says = element('p', { class: 'says', role: 'status' });
  private readonly form = element('form', { class: 'start', novalidate: true });
  readonly root = element('main', {}, element('h1', {}, this.title), this.form);
  private views: FormView[] = [];
  private readonly submit = element('button', { type: 'submit' }, 'Start');

  async load(): Promise<void> {
    // What was typed stays, whatever the stream tells.
    if (this.views.length > 0) return;
    const form = await get<Form>('/api/form');
    const table = new TableView(form.maxUploadBytes);
    const fields = form.fields.map((field) => ({ view: new FieldView(field), isMain: field.isMain }));
    const space = form.searchSpace.map((dimension) => new DimensionView(dimension));
    this.views = [table, ...fields.map((field) => field.view), ...space];
    this.form.append(
      element('fieldset', {}, element('legend', {}, 'Table'), table.root),
      element('fieldset', { class: 'grid' }, element('legend', {}, 'Study'), ...roots(fields.filter((field) => field.isMain))),
      fold('More settings', element('div', { class: 'grid' }, ...roots(fields.filter((field) => !field.isMain)))),
      fold('Search space', ...space.map((view) => view.root)),
      element('p', { class: 'actions' }, this.submit), this.says);
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.start(table);
    });
  }

  private async start(table: TableView): Promise<void> {
    const refusal = table.refusal();
    this.tell(refusal ? [{ field: Place, sentence: refusal }] : []);
    if (refusal) return;
    const body = new FormData();
    const filled = Object.assign({ values: {}, searchSpace: {} }, { path: table.path });
    for (const view of this.views) view.fill(filled);
    body.append('settings', JSON.stringify(filled));
    if (table.file) body.append('table', table.file, table.file.name);
    this.says.textContent = 'sent; the table is being read ...';
    this.submit.disabled = true;
    try {
      const answer = await send<Answer>('/api/start', body);
      if (answer.executionId) location.assign(`/studies/${inAddress(answer.executionId)}`);
      else this.tell(answer.errors ?? []);
    } catch (error) {
      this.says.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      this.submit.disabled = false;
    }
  }

  // Each sentence stands beside its field, and the first of them is where one goes on typing.
  private tell(errors: { field: string; sentence: string }[]): void {
    for (const view of this.views) view.tell(errors.filter((error) => error.field === view.name).map((error) => error.sentence));
    const lost = errors.filter((error) => !this.views.some((view) => view.name === error.field)).map((error) => error.sentence);
    const count = errors.length === 1 ? '1 thing is' : `${errors.length} things are`;
    this.says.textContent = errors.length === 0 ? '' : [`Not started; ${count} to be mended.`, ...lost].join(' ');
    const first = this.views.find((view) => errors.some((error) => error.field === view.name));
    const hidden = first?.root.closest('details');
    if (hidden) hidden.open = true;
    first?.focus();
  }
}

function roots(fields: { view: FieldView }[]): HTMLElement[] {
  return fields.map((field) => field.view.root);
}

function fold(title: string, ...content: HTMLElement[]): HTMLElement {
  return element('details', {}, element('summary', {}, title), ...content);
}
