import { element } from '../dom';

// What C# hands over (src/Dashboard/Starting).

export interface Field {
  name: string;
  option: string;
  text: string;
  kind: 'text' | 'number' | 'flag' | 'choice' | 'list';
  default?: string | null;
  names: string[];
}

export interface Range {
  type: string | null;
  low: string | null;
  high: string | null;
  choices: string | null;
}

export interface Dimension {
  name: string;
  label: string;
  text: string;
  default: Range;
}

/** What is sent. */
export interface Filled {
  values: Record<string, string>;
  searchSpace: Record<string, Range>;
}

/** A part of the form: it fills in what is sent, and tells what is wrong with it. */
export interface FormView {
  readonly name: string;
  readonly root: HTMLElement;
  fill(filled: Filled): void;
  tell(sentences: string[]): void;
  focus(): void;
}

/** The name of the table among the fields. */
export const Place = 'data';
const Megabyte = 1 << 20;

type Control = HTMLInputElement | HTMLSelectElement;

/** A setting with its label, what it may be, and what is wrong with it. */
export class FieldView implements FormView {
  readonly name: string;
  readonly root: HTMLElement;
  private readonly control: Control;
  private readonly error: HTMLElement;

  constructor(private readonly field: Field) {
    this.name = field.name;
    const id = `field-${field.name}`;
    this.control = controlOf(field);
    this.control.id = id;
    this.control.setAttribute('aria-describedby', `${id}-hint ${id}-error`);
    this.error = element('p', { class: 'error', id: `${id}-error` });
    this.root = element('div', { class: 'field' },
      element('label', { for: id }, field.name), this.control, this.error,
      element('p', { class: 'hint', id: `${id}-hint` }, element('code', {}, field.option), ` ${field.text}`));
  }

  fill(filled: Filled): void {
    const value = this.control instanceof HTMLInputElement && this.field.kind === 'flag'
      ? (this.control.checked ? 'true' : '')
      : this.control.value;
    if (value.trim() !== '') filled.values[this.name] = value;
  }

  tell(sentences: string[]): void {
    tellOf(this.error, [this.control], sentences);
  }

  focus(): void {
    this.control.focus();
  }
}

/** What is searched of a hyperparameter. */
export class DimensionView implements FormView {
  readonly name: string;
  readonly root: HTMLElement;
  private readonly type: HTMLSelectElement;
  private readonly texts: Record<'low' | 'high' | 'choices', HTMLInputElement>;
  private readonly error: HTMLElement;

  constructor(private readonly dimension: Dimension) {
    this.name = `searchSpace.${dimension.name}`;
    const { default: usual, label } = dimension;
    const described = `field-${this.name}-hint field-${this.name}-error`;
    const text = (name: string, value: string | null): HTMLInputElement => element('input', {
      type: 'text', value: value ?? '', 'aria-label': `${name} of ${label}`, 'aria-describedby': described, autocomplete: 'off',
    });
    this.type = element('select', { 'aria-label': `kind of ${label}`, 'aria-describedby': described },
      ...['logUniform', 'uniform', 'integer', 'choice'].map((type) => option(type, type, type === usual.type)));
    this.texts = { low: text('low', usual.low), high: text('high', usual.high), choices: text('choices', usual.choices) };
    this.error = element('p', { class: 'error', id: `field-${this.name}-error` });
    this.root = element('div', { class: 'field', role: 'group', 'aria-labelledby': `field-${this.name}-label` },
      element('span', { class: 'label', id: `field-${this.name}-label` }, label),
      element('div', { class: 'range' }, this.type, this.texts.low, this.texts.high, this.texts.choices),
      this.error, element('p', { class: 'hint', id: `field-${this.name}-hint` }, dimension.text));
    this.type.addEventListener('change', () => this.arrange());
    this.arrange();
  }

  fill(filled: Filled): void {
    const isChoice = this.type.value === 'choice';
    const { low, high, choices } = this.texts;
    const range: Range = {
      type: this.type.value,
      low: isChoice ? null : low.value,
      high: isChoice ? null : high.value,
      choices: isChoice ? choices.value : null,
    };
    const usual = this.dimension.default;
    const isUsual = (['type', 'low', 'high', 'choices'] as const).every((part) => (range[part] ?? '') === (usual[part] ?? ''));
    if (!isUsual) filled.searchSpace[this.dimension.name] = range;
  }

  tell(sentences: string[]): void {
    tellOf(this.error, [this.type, ...Object.values(this.texts)], sentences);
  }

  focus(): void {
    (this.type.value === 'choice' ? this.texts.choices : this.texts.low).focus();
  }

  private arrange(): void {
    const isChoice = this.type.value === 'choice';
    [this.texts.low.hidden, this.texts.high.hidden, this.texts.choices.hidden] = [isChoice, isChoice, !isChoice];
  }
}

/** Where the table comes from: the sample, a file on the machine of the dashboard, or one that is uploaded. */
export class TableView implements FormView {
  readonly name = Place;
  private readonly sample = radio('sample', true);
  private readonly onMachine = radio('path', false);
  private readonly uploaded = radio('upload', false);
  private readonly pathText = element('input', {
    type: 'text', 'aria-label': 'Path of the table', placeholder: '/path/to/table.csv', autocomplete: 'off',
    'aria-describedby': 'table-error',
  });
  private readonly chosen = element('input', {
    type: 'file', 'aria-label': 'Table to upload', accept: '.parquet,.csv,.tsv,.txt,.gz,.zst', 'aria-describedby': 'table-error',
  });
  private readonly error = element('p', { class: 'error', id: 'table-error' });
  readonly root = element('div', { class: 'field' },
    element('div', { class: 'source' }, labelled(this.sample, 'the quarterly US figures that come with macrocausal')),
    element('div', { class: 'source' }, labelled(this.onMachine, 'a file on this machine'), this.pathText),
    element('div', { class: 'source' }, labelled(this.uploaded, 'a file to upload'), this.chosen),
    this.error,
    element('p', { class: 'hint' }, '.parquet, .csv, .tsv or .txt, the last three also with .gz or .zst'));

  constructor(private readonly maxBytes: number) {
    this.pathText.addEventListener('input', () => { this.onMachine.checked = true; });
    this.chosen.addEventListener('change', () => { this.uploaded.checked = true; });
  }

  get path(): string | null {
    return this.onMachine.checked ? this.pathText.value : null;
  }

  get file(): File | null {
    return this.uploaded.checked ? this.chosen.files?.[0] ?? null : null;
  }

  /** Why there is nothing to send; null where there is. */
  refusal(): string | null {
    if (this.uploaded.checked && !this.file) return 'Choose the file to upload.';
    if (this.onMachine.checked && this.pathText.value.trim() === '') return 'Name the file.';
    const [size, max] = [this.file?.size ?? 0, Math.floor(this.maxBytes / Megabyte)];
    return size <= this.maxBytes
      ? null
      : `The table has ${Math.ceil(size / Megabyte)} MiB; at most ${max} can be uploaded: put it on this machine and give its path.`;
  }

  fill(): void {
    // It is sent beside the settings.
  }

  tell(sentences: string[]): void {
    tellOf(this.error, [this.pathText, this.chosen], sentences);
  }

  focus(): void {
    (this.uploaded.checked ? this.chosen : this.onMachine.checked ? this.pathText : this.sample).focus();
  }
}

function controlOf(field: Field): Control {
  switch (field.kind) {
    case 'choice':
      return element('select', {},
        option('', field.default ? `default: ${field.default}` : 'default', true), ...field.names.map((name) => option(name, name, false)));
    case 'flag':
      return element('input', { type: 'checkbox' });
    default:
      return element('input', {
        type: 'text', autocomplete: 'off', inputmode: field.kind === 'number' ? 'decimal' : undefined,
        placeholder: field.kind === 'list' ? 'names with commas between them' : field.default ?? undefined,
      });
  }
}

function option(value: string, text: string, isSelected: boolean): HTMLOptionElement {
  return element('option', { value, selected: isSelected }, text);
}

function radio(value: string, isChecked: boolean): HTMLInputElement {
  return element('input', { type: 'radio', name: 'source', value, checked: isChecked });
}

function labelled(input: HTMLInputElement, text: string): HTMLElement {
  return element('label', {}, input, ` ${text}`);
}

function tellOf(place: HTMLElement, controls: Control[], sentences: string[]): void {
  place.textContent = sentences.join(' ');
  for (const control of controls) {
    if (sentences.length > 0) control.setAttribute('aria-invalid', 'true');
    else control.removeAttribute('aria-invalid');
  }
}
