import { element } from '../dom';

export type Cell = Node | string;

/** A table whose rows become cards where the page is narrow; the roles keep it a table for a screen reader then. */
export function cardTable(caption: string, columns: { name: string; kind?: string }[], rows: Cell[][]): HTMLElement {
  const head = element('tr', { role: 'row' }, ...columns.map((column) =>
    element('th', { role: 'columnheader', scope: 'col', class: column.kind }, column.name)));
  return element('table', { class: 'cards', role: 'table' },
    element('caption', {}, caption),
    element('thead', { role: 'rowgroup' }, head),
    element('tbody', { role: 'rowgroup' }, ...rows.map((row) => element('tr', { role: 'row' }, ...row.map((cell, index) =>
      element('td', { role: 'cell', class: columns[index]!.kind, 'data-name': columns[index]!.name }, cell))))));
}
