import { button, element } from './dom';
import { formatCell, toCsv } from './format';
import { rowsOf, type Table } from './model';

const PageSize = 100;

/** A table of figures with a button that downloads all of it; long ones grow on demand. */
export function tableView(table: Table, caption: string): HTMLElement {
  const body = element('tbody');
  const rows = rowsOf(table);
  const head = element('tr', {}, ...table.columns.map((column) =>
    element('th', { scope: 'col', class: column.type }, column.label)));
  const whole = element('table', {}, element('caption', {}, caption), element('thead', {}, head), body);
  const more = button('', undefined, () => show());
  const csv = button('CSV', `Download ${caption} as CSV`, () => download(table));
  let shown = 0;

  function show(): void {
    const last = Math.min(rows, shown + PageSize);
    for (; shown < last; shown++) body.append(rowView(table, shown));
    more.hidden = shown >= rows;
    more.textContent = `${Math.min(PageSize, rows - shown)} more of ${rows - shown} rows`;
  }

  show();
  const scroll = element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${caption}, table` }, whole);
  return element('div', { class: 'figures' }, scroll, element('p', { class: 'actions' }, more, csv));
}

function rowView(table: Table, row: number): HTMLElement {
  return element('tr', {}, ...table.columns.map((column) =>
    element('td', { class: column.type }, formatCell(column, row))));
}

function download(table: Table): void {
  const address = URL.createObjectURL(new Blob([toCsv(table)], { type: 'text/csv' }));
  const link = element('a', { href: address, download: `${table.name}.csv` });
  link.click();
  URL.revokeObjectURL(address);
}
