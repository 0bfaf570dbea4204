import { el } from './draw.js';
import UPlot from './uplot.js';

const HEIGHT = 150;
const LABEL_MINUTES = 15;
const LABEL_PIXELS = 30;
/** A minute is drawn around its value, also the first and the last one. */
const HALF_MINUTE = 30;
/** The steps of the value axis: 1, 2, 5, 10, 20, 50 … */
const STEPS = Array.from({ length: 21 }, (_, at) => [1, 2, 5][at % 3] * 10 ** Math.floor(at / 3));
const FONT = '10px system-ui, "DejaVu Sans", sans-serif';
const BARS = UPlot.paths.bars({ size: [1], gap: 1 });

const timeOf = (minute) =>
  new Date(minute * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
const rounded = (value) => Math.round(value * 10) / 10;
const textOf = (value) => (value === null || value === undefined ? 'none' : rounded(value));

/** A colour of the stylesheet, read at each drawing: it differs in dark mode. */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const accent = () => colour('--accent');
const soft = () => colour('--soft');
const line = () => colour('--line');
const faint = () => `${accent()}26`;

/** The charts of a page share the pointer: each shows its own value of that minute. */
const cursor = {
  sync: { key: 'minute' },
  drag: { x: false, y: false },
  y: false,
  points: { show: false },
};

/** A minute between two without a value is no part of a line, so it is a dot. */
const alone = ({ data: [, values] }) =>
  values.flatMap((value, at) =>
    value !== null && values[at - 1] == null && values[at + 1] == null ? [at] : [],
  );

/** @param {(at: number | null) => void} read called with the place of the minute under the pointer */
function optionsFor(kind, width, read) {
  const axis = { stroke: soft, font: FONT, ticks: { show: false } };
  const shape =
    kind === 'bars'
      ? { paths: BARS, fill: accent, width: 0, points: { show: false } }
      : { fill: faint, width: 1.6, points: { size: 4, fill: accent, show: true, filter: alone } };
  return {
    ...{ width, height: HEIGHT, padding: [8, 14, 0, 0], legend: { show: false }, cursor },
    scales: {
      x: { range: (_, first, last) => [first - HALF_MINUTE, last + HALF_MINUTE] },
      y: { range: (_, _lowest, highest) => [0, Math.max(1, (highest ?? 0) * 1.1)] },
    },
    axes: [
      {
        ...{ ...axis, size: 22, gap: 4, grid: { show: false } },
        ...{ incrs: [LABEL_MINUTES * 60], values: (_, times) => times.map(timeOf) },
      },
      {
        ...{ ...axis, size: 34, gap: 5, grid: { stroke: line, width: 1 } },
        ...{ incrs: STEPS, space: LABEL_PIXELS },
      },
    ],
    series: [{}, { stroke: accent, ...shape }],
    hooks: { setCursor: [({ cursor: { idx } }) => read(idx)] },
  };
}

/**
 * Makes a chart of one value per minute, as bars or as a line with a filled area. A minute without a value is
 * a gap. The chart shows the value under the pointer.
 * @param {HTMLElement} place
 * @param {{ title: string, kind: 'bars' | 'line' }} options
 * @returns {(points: { minute: number, value: number | null }[]) => void} draws these points
 */
export function createChart(place, { title, kind }) {
  place.className = 'chart';
  place.setAttribute('role', 'img');
  const reading = el('span', { class: 'reading' });
  let shown = [];
  const read = (at) => {
    const point = shown[at];
    reading.textContent = point ? `${timeOf(point.minute)}: ${textOf(point.value)}` : '';
  };
  const chart = new UPlot(optionsFor(kind, place.clientWidth, read), undefined, place);
  place.append(reading);
  new ResizeObserver(() => {
    chart.setSize({ width: place.clientWidth, height: HEIGHT });
  }).observe(place);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.redraw());
  return (points) => {
    shown = points;
    const values = points.map(({ value }) => value);
    const known = values.filter((value) => value !== null);
    const highest = rounded(Math.max(0, ...known));
    place.setAttribute('aria-label', `${title}: now ${textOf(known.at(-1))}, highest ${highest}`);
    chart.setData([points.map(({ minute }) => minute), values]);
  };
}
