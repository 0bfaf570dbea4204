/** Creates elements. Text is set as text nodes, so data from a job can never become markup. */

/** @returns {HTMLElement} */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined && value !== null) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/**
 * @param {{ title: string, kind?: 'number' }[]} columns
 * @param {unknown[][]} rows texts, numbers or elements; null is shown as a dash
 */
export function table(columns, rows, empty = 'None.') {
  if (rows.length === 0) return el('p', { class: 'soft' }, empty);
  const classOf = (at) => columns[at].kind;
  const head = columns.map(({ title, kind }) => el('th', { scope: 'col', class: kind }, title));
  const body = rows.map((row) =>
    el('tr', {}, ...row.map((cell, at) => el('td', { class: classOf(at) }, cell ?? '–'))),
  );
  return el('table', {}, el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...body));
}

const shown = new WeakMap();

/** Fill a place of the page, unless it shows exactly this already: focus and selection stay. */
export function fill(place, data, draw) {
  const text = JSON.stringify(data ?? null);
  if (shown.get(place) === text) return;
  shown.set(place, text);
  const drawn = data == null ? el('p', { class: 'bad' }, 'No answer from its store.') : draw(data);
  place.replaceChildren(...[drawn].flat());
}

/** `14:05:09` in the reader's time zone. */
export const clock = (ms) => new Date(ms).toLocaleTimeString('en-GB');

export const whole = (value) => new Intl.NumberFormat('en').format(value);

/** `8 s`, `3 min`, `2 h`, `5 d` */
export function span(seconds) {
  if (seconds === null || seconds === undefined) return null;
  if (seconds < 10 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

export const ago = (seconds) => (seconds === null ? null : `${span(seconds)} ago`);

export function bytes(count) {
  if (count === null || count === undefined) return null;
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const at = Math.min(Math.floor(Math.log2(Math.max(count, 1)) / 10), units.length - 1);
  return `${(count / 1024 ** at).toFixed(at === 0 ? 0 : 1)} ${units[at]}`;
}

/** A mark with its meaning as text, because some people cannot distinguish the colours. */
export const mark = (kind, text) => el('span', { class: `mark ${kind}` }, text);

/** Columns of a table. */
export const number = (title) => ({ title, kind: 'number' });
export const text = (title) => ({ title });
export const code = (value) => el('code', {}, value);

/** One large number; a dash while it is not known. */
export const tile = (title, value, note) =>
  el(
    'div',
    { class: 'tile' },
    el('span', { class: 'title' }, title),
    el('strong', {}, value ?? '–'),
    el('span', { class: 'soft' }, note ?? ''),
  );
