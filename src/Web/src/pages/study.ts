import { selectionBar } from '../chart';
import { button, element } from '../dom';
import { get, inAddress, Refused, type Page } from '../live';
import type { Report } from '../model';
import { SectionList } from '../sections';
import { choose } from './action';
import { TrialChoice } from './trials';
import { foldsOf, lossOf, moment, stateOf, trialsOf, word, type StudyRow } from './rows';

interface Study {
  row: StudyRow;
  subtitle: string;
  verdict?: string | null;
  reasons: string[];
  expectedEnd?: string | null;
  hasReport: boolean;
  foldOf?: string | null;
  canCancel: boolean;
  canDelete: boolean;
}

const Minute = 60_000;

/** One study, as it goes. */
export class StudyPage implements Page {
  readonly title: string;
  readonly address = '/studies/';
  readonly resources: string[];
  readonly root: HTMLElement;
  private readonly head = element('div');
  private readonly facts = element('dl', { class: 'facts' });
  private readonly silence = element('p', { class: 'silence' });
  private readonly says = element('p', { class: 'says', role: 'status' });
  private readonly reports = element('span');
  private readonly cancel: HTMLButtonElement;
  private readonly remove: HTMLButtonElement;
  private readonly trials: TrialChoice;
  private readonly sections = new SectionList(element('div'));
  private study: Study | null = null;

  constructor(private readonly id: string) {
    this.title = id;
    this.resources = [`studies/${id}`];
    this.trials = new TrialChoice(id);
    this.cancel = button('Cancel...', `Cancel the study ${id}`, () => void this.onCancel());
    this.remove = button('Delete...', `Delete the study ${id}`, () => void this.onDelete());
    [this.cancel.hidden, this.remove.hidden] = [true, true];
    this.root = element('main', {},
      this.head, this.facts, this.silence, element('p', { class: 'actions' }, this.reports, this.cancel, this.remove), this.says,
      this.trials.root,
      this.sections.root, selectionBar());
    setInterval(() => this.tellSilence(), 5000);
  }

  async load(): Promise<void> {
    const address = inAddress(this.id);
    try {
      const [study, figures] = await Promise.all([get<Study>(`/api/studies/${address}`), get<Report>(`/api/figures/${address}`)]);
      this.study = study;
      this.showHead(study);
      this.sections.show(figures.sections, figures.tables);
    } catch (error) {
      if (!(error instanceof Refused) || (error.status !== 404 && error.status !== 400)) throw error;
      [this.cancel.hidden, this.remove.hidden] = [true, true];
      this.head.replaceChildren(element('h1', {}, this.id), element('p', {}, error.message));
      this.facts.replaceChildren();
      this.sections.show([], {});
    }
  }

  private showHead(study: Study): void {
    const { row } = study;
    this.head.replaceChildren(
      word(row),
      element('h1', {}, `Study ${row.summary.executionId}`),
      element('p', { class: 'subtitle' }, study.subtitle),
      ...(study.foldOf
        ? [element('p', {}, 'A fold of ', element('a', { href: `/studies/${inAddress(study.foldOf)}` }, study.foldOf))]
        : []),
      // The verdict's own section has its sentence.
      ...(row.summary.verdict ? [] : study.reasons.map((reason) => element('p', { class: 'reason' }, reason))));
    this.facts.replaceChildren(...this.rows(study).filter(([, value]) => value !== '').map(([name, value]) =>
      element('div', {}, element('dt', {}, name), element('dd', {}, value))));
    this.trials.root.hidden = (row.summary.trialsDone ?? 0) < 2;
    this.reports.replaceChildren(...(study.hasReport ? [element('a', { href: `/reports/${inAddress(this.id)}` }, 'The report')] : []));
    [this.cancel.hidden, this.remove.hidden] = [!study.canCancel, !study.canDelete];
    this.tellSilence();
  }

  private rows(study: Study): [string, Node | string][] {
    const { row, row: { summary } } = study;
    return [
      ['state', stateOf(summary)],
      ['trials done', trialsOf(summary)],
      ['folds done', foldsOf(row)],
      ['lowest validation loss', lossOf(summary.bestLoss)],
      ['started (UTC)', moment(summary.startedAt)],
      ...(row.isOver
        ? [['ended (UTC)', moment(row.endedAt)] as [string, Node | string]]
        : [
          ['last report (UTC)', moment(row.lastReportAt)] as [string, Node | string],
          ['end at this pace (UTC)', moment(study.expectedEnd)] as [string, Node | string],
        ]),
    ];
  }

  // A study whose process was killed stays in its state; that nobody reports is all there is to see of it.
  private tellSilence(): void {
    const row = this.study?.row;
    const since = row && !row.isOver && row.lastReportAt ? Math.floor((Date.now() - Date.parse(row.lastReportAt)) / Minute) : 0;
    const text = since < 2
      ? ''
      : `Nothing was reported for ${since} minutes. If nobody trains it: macrocausal resume goes on with it.`;
    if (this.silence.textContent !== text) this.silence.textContent = text;
  }

  private onCancel(): Promise<void> {
    return choose(this.says, `End the study ${this.id} before its time? It can be resumed.`, [
      { text: 'Cancel it', address: `/api/cancel/${inAddress(this.id)}`, body: { registerBest: false } },
      { text: 'Cancel it and register the best model', address: `/api/cancel/${inAddress(this.id)}`, body: { registerBest: true } },
    ], 'asked; this may take until the epochs that run have ended ...');
  }

  private onDelete(): Promise<void> {
    return choose(this.says, `Delete the records, data and checkpoints of ${this.id}? A registered model stays.`, [
      { text: 'Delete it', address: `/api/delete/${inAddress(this.id)}`, body: {} },
    ]);
  }
}
