/** The trials that are brushed in one chart and stand out in all; null where all do. */
let selected: ReadonlySet<number> | null = null;
const listeners: (() => void)[] = [];

export function selectedTrials(): ReadonlySet<number> | null {
  return selected;
}

export function selectTrials(trials: Iterable<number> | null): void {
  selected = trials === null ? null : new Set(trials);
  for (const listener of listeners) listener();
}

export function onSelection(listener: () => void): void {
  listeners.push(listener);
}
