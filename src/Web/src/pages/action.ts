import { button, element } from '../dom';
import { post } from '../live';

export interface Choice {
  text: string;
  address: string;
  body: object;
}

/** Asks before something is done, does it, and says how it went. Escape, and the first button, do nothing. */
export async function choose(says: HTMLElement, question: string, choices: Choice[], waits?: string): Promise<void> {
  const chosen = await ask(question, choices);
  if (!chosen) return;
  says.textContent = waits ?? 'asked ...';
  try {
    says.textContent = await post(chosen.address, chosen.body);
  } catch (error) {
    says.textContent = error instanceof Error ? error.message : String(error);
  }
}

function ask(question: string, choices: Choice[]): Promise<Choice | null> {
  return new Promise((resolve) => {
    let chosen: Choice | null = null;
    const dialog = element('dialog', { 'aria-labelledby': 'question' },
      element('p', { id: 'question' }, question),
      element('p', { class: 'actions' },
        button('Keep it', undefined, () => dialog.close()),
        ...choices.map((choice) => button(choice.text, undefined, () => {
          chosen = choice;
          dialog.close();
        }))));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(chosen);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
