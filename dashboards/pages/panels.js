import { createChart } from './chart.js';
import { el, fill } from './draw.js';

/**
 * The browser side of a domain: `panels/<name>.js` exports any of
 * `tiles(data | null)` → elements,
 * `charts`: `{ caption, title, kind, points(data) → { minute, value }[] }[]` and
 * `sections`: `{ id, title, text?, wide?, of?(data), draw(data) → elements }[]`. A section is drawn again
 * when what `of` picks has changed; by default that is all of the data.
 */
const opened = new Map();
const placesOf = (kind) => document.querySelector(`[data-panels="${kind}"]`);

/** Show every panel that the overview sends: load its script the first time, then fill its places. */
export async function showPanels(panels) {
  for (const [name, data] of Object.entries(panels)) {
    if (!opened.has(name)) opened.set(name, open(await import(`./panels/${name}.js`)));
    for (const draw of opened.get(name)) draw(data);
  }
}

/** Makes the places of a panel. @returns one function for each, which fills it */
function open({ tiles, charts = [], sections = [] }) {
  return [
    ...(tiles ? [openTiles(tiles)] : []),
    ...charts.map(openChart),
    ...sections.map(openSection),
  ];
}

function openTiles(tiles) {
  const place = el('div', { class: 'panels' });
  placesOf('tiles').append(place);
  // Tiles without data are dashes, in their places.
  return (data) => fill(place, { data }, () => tiles(data));
}

function openChart({ caption, points, title, kind }) {
  const place = el('div');
  placesOf('charts').append(el('figure', { class: 'card' }, el('figcaption', {}, caption), place));
  const draw = createChart(place, { title, kind });
  let drawn;
  return (data) => {
    const text = JSON.stringify(data && points(data));
    if (text === drawn || data === null) return;
    drawn = text;
    draw(points(data));
  };
}

function openSection({ id, title, text, wide, of = (data) => data, draw }) {
  const place = el('div', { class: 'scroll', 'data-part': id });
  const heading = el('h2', { id: `${id}-title` }, title);
  placesOf('sections').append(
    el(
      'section',
      { id, class: wide ? 'card wide' : 'card', 'aria-labelledby': `${id}-title` },
      ...[heading, text ? el('p', { class: 'soft' }, text) : null, place],
    ),
  );
  return (data) => fill(place, data && of(data), draw);
}
