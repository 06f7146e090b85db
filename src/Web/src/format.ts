import type { Column, Table } from './model';

const Digits = 5;

/** A number as a person reads it: five digits, no more zeros than needed. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e9) return String(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(Digits - 2).replace(/\.?0+e/, 'e');
  return String(Number(value.toPrecision(Digits)));
}

/** A cell as a person reads it. */
export function formatCell(column: Column, row: number): string {
  const value = column.values[row];
  if (value === null || value === undefined) return '–';
  return typeof value === 'number' ? formatNumber(value) : value;
}

/** A row in words, for the line below a chart. */
export function describeRow(table: Table, row: number): string {
  return table.columns.filter((column) => column.values[row] !== null)
    .map((column) => `${column.label} ${formatCell(column, row)}`).join(', ');
}

/** All cells as CSV (RFC 4180), numbers as they were handed over. A text that a spreadsheet would calculate is quoted by an apostrophe. */
export function toCsv(table: Table): string {
  const rows = table.columns[0]?.values.length ?? 0;
  const lines = [table.columns.map((column) => quoted(column.name)).join(',')];
  for (let row = 0; row < rows; row++) {
    lines.push(table.columns.map((column) => {
      const value = column.values[row];
      return value === null || value === undefined ? '' : typeof value === 'number' ? String(value) : quoted(inert(value));
    }).join(','));
  }
  return lines.join('\r\n') + '\r\n';
}

function inert(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
