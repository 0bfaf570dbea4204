const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 420;
const HEIGHT = 132;
const LEFT = 34;
const BOTTOM = 20;
const TOP = 8;

function svg(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const label = (x, y, anchor, text) => svg('text', { x, y, 'text-anchor': anchor }, text);

/** Rounds up to the next of 1, 2, 5, 10, 20, 50 … */
function niceTop(highest) {
  if (highest <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= highest);
}

const timeOf = (minute) =>
  new Date(minute * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
const rounded = (value) => Math.round(value * 10) / 10;

/**
 * Draws one value per minute, as bars or as a line with a filled area. A minute without a value is a gap.
 * @param {Element} place
 * @param {{ minute: number, value: number | null }[]} points
 * @param {{ title: string, kind: 'bars' | 'line' }} options
 */
export function drawChart(place, points, { title, kind }) {
  const known = points.filter(({ value }) => value !== null);
  const highest = Math.max(0, ...known.map(({ value }) => value));
  const top = niceTop(highest);
  const step = (WIDTH - LEFT) / points.length;
  const xOf = (at) => LEFT + at * step;
  const yOf = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  const last = known.at(-1);
  const words = `${title}: now ${last ? rounded(last.value) : 'none'}, highest ${rounded(highest)}`;
  const picture = svg('svg', {
    ...{ viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': words },
    class: 'chart',
  });
  for (const part of [0, 0.5, 1]) {
    const y = yOf(top * part);
    picture.append(
      svg('line', { x1: LEFT, x2: WIDTH, y1: y, y2: y, class: 'rule' }),
      label(LEFT - 5, y + 3.5, 'end', String(rounded(top * part))),
    );
  }
  for (const at of [0, 15, 30, 45]) {
    if (points[at]) picture.append(label(xOf(at), HEIGHT - 5, 'start', timeOf(points[at].minute)));
  }
  picture.append(
    ...(kind === 'bars' ? bars(points, xOf, yOf, step) : line(points, xOf, yOf, step)),
  );
  picture.append(...readings(points, xOf, step));
  place.replaceChildren(picture);
}

const bars = (points, xOf, yOf, step) =>
  points.flatMap(({ value }, at) =>
    value
      ? [
          svg('rect', {
            ...{ x: xOf(at) + 0.5, width: Math.max(1, step - 1), class: 'bar-of' },
            ...{ y: yOf(value), height: yOf(0) - yOf(value) },
          }),
        ]
      : [],
  );

/** Consecutive minutes with a value form one stroke; a single minute is a dot. */
function line(points, xOf, yOf, step) {
  const runs = [];
  let open = false;
  points.forEach(({ value }, at) => {
    if (value !== null && !open) runs.push([]);
    open = value !== null;
    if (open) runs.at(-1).push([xOf(at) + step / 2, yOf(value)]);
  });
  return runs.flatMap((run) => {
    const path = run.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' L');
    const [first, end] = [run[0][0], run.at(-1)[0]];
    if (run.length === 1) return [svg('circle', { cx: first, cy: run[0][1], r: 2, class: 'dot' })];
    return [
      svg('path', { d: `M${first},${yOf(0)} L${path} L${end},${yOf(0)}Z`, class: 'area' }),
      svg('path', { d: `M${path}`, class: 'stroke' }),
    ];
  });
}

/** Shows the value under the pointer in the browser's native tooltip. */
const readings = (points, xOf, step) =>
  points.map(({ minute, value }, at) =>
    svg(
      'rect',
      { x: xOf(at), y: 0, width: step, height: HEIGHT - BOTTOM, class: 'reading' },
      svg('title', {}, `${timeOf(minute)}: ${value === null ? 'none' : rounded(value)}`),
    ),
  );
