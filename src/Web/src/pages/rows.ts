import { element } from '../dom';
import { formatNumber } from '../format';

// What C# hands over (src/Dashboard/Studies).

export interface Summary {
  executionId: string;
  state: string;
  cancelled: boolean;
  startedAt: string;
  trialsDone?: number | null;
  trialsAsked?: number | null;
  bestLoss?: number | null;
  verdict?: string | null;
}

export interface StudyRow {
  summary: Summary;
  isOver: boolean;
  endedAt: string | null;
  lastReportAt: string | null;
  bestSoFar: number[];
  folds: { number: number; summary: Summary }[];
  foldsAsked: number;
}

/** The word of a study: its verdict where it has one, else its state. */
export function word(row: StudyRow): HTMLElement {
  const { state, cancelled, verdict } = row.summary;
  const text = verdict ?? (cancelled ? 'cancelled' : state.toLowerCase());
  return element('span', { class: `word ${text.replaceAll(' ', '-')}` }, text);
}

export function stateOf(summary: Summary): string {
  return summary.state + (summary.cancelled ? ' (cancelled)' : '');
}

export function trialsOf(summary: Summary): string {
  return `${summary.trialsDone ?? '–'}/${summary.trialsAsked ?? '–'}`;
}

export function foldsOf(row: StudyRow): string {
  return row.foldsAsked === 0 ? '' : `${row.folds.filter((fold) => fold.summary.state === 'Completed').length}/${row.foldsAsked}`;
}

export function lossOf(loss: number | null | undefined): string {
  return loss === null || loss === undefined ? '–' : formatNumber(loss);
}

/** A moment as a person reads it, UTC, to the second. */
export function moment(time: string | null | undefined): HTMLElement | string {
  if (!time) return '–';
  return element('time', { datetime: time }, new Date(time).toISOString().slice(0, 19).replace('T', ' '));
}
