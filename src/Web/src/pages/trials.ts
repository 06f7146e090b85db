import { element } from '../dom';
import { onSelection, selectedTrials } from '../selection';
import { comparisonOf, MaxCompared, MinCompared } from './compare';

/** Names trials of a study to be compared: typed, or those that are brushed in a chart. */
export class TrialChoice {
  private readonly text = element('input', {
    type: 'text', id: 'compared-trials', placeholder: '0, 3, 7', autocomplete: 'off', 'aria-describedby': 'compared-trials-error',
  });
  private readonly error = element('span', { class: 'error', id: 'compared-trials-error', role: 'status' });
  readonly root = element('form', { class: 'compared', novalidate: true, hidden: true },
    element('label', { for: 'compared-trials' }, `Compare ${MinCompared} to ${MaxCompared} trials`),
    this.text, element('button', { type: 'submit' }, 'Compare'), this.error);

  constructor(id: string) {
    onSelection(() => {
      const trials = selectedTrials();
      if (trials !== null && trials.size <= MaxCompared) this.text.value = [...trials].join(', ');
    });
    this.root.addEventListener('submit', (event) => {
      event.preventDefault();
      const words = this.text.value.split(/[\s,]+/).filter((word) => word !== '');
      const trials = [...new Set(words.filter((word) => /^\d{1,9}$/.test(word)).map(Number))];
      const isRight = trials.length === new Set(words).size && trials.length >= MinCompared && trials.length <= MaxCompared;
      this.error.textContent = isRight ? '' : `Name ${MinCompared} to ${MaxCompared} trials by their numbers, as 0, 3, 7.`;
      if (isRight) location.assign(comparisonOf([id], trials));
    });
  }
}
