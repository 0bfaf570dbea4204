import type { Cell } from '../../contract/answers.ts';

/**
 * A table as RFC 4180 describes it, in UTF-8. Spreadsheets execute a cell that begins with `= + - @`, a tab
 * or a line break as a formula, so such a cell gets an apostrophe in front.
 */
export function toCsv(columns: readonly string[], rows: Iterable<readonly Cell[]>): string {
  let text = lineOf(columns);
  for (const row of rows) text += lineOf(row);
  return text;
}

const lineOf = (cells: readonly Cell[]) => `${cells.map(cellOf).join(',')}\r\n`;

function cellOf(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  if (FORMULA.test(text)) return quoted(`'${text}`);
  return NEEDS_QUOTES.test(text) ? quoted(text) : text;
}

const FORMULA = /^[=+\-@\t\r\n]/;
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
