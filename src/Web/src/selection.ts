/** The trials that are brushed in one chart and stand out in all; null where all do. */
let selected: ReadonlySet<number> | null = null;
const listeners = new Set<() => void>();

export function selectedTrials(): ReadonlySet<number> | null {
  return selected;
}

export function selectTrials(trials: Iterable<number> | null): void {
  selected = trials === null ? null : new Set(trials);
  for (const listener of listeners) listener();
}

/** Calls back whenever other trials are selected. Returns what ends that. */
export function onSelection(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
