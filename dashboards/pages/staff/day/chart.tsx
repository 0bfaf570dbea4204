import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';

/** One line or group of bars: a name, and a value for each hour. */
export interface Series {
  name: string;
  kind: 'bars' | 'line' | 'dashes';
  values: readonly (number | null)[];
}

interface ChartProps {
  title: string;
  /** Behind each value: ` min`. */
  unit: string;
  labels: readonly string[];
  series: readonly Series[];
  /** The top of the axis; by default the highest value. */
  most?: number;
}

const HEIGHT = 190;
const STEP = [1, 2, 5];
const FONT = '11px system-ui, "DejaVu Sans", sans-serif';
const LABEL_PIXELS = 46;
const HALF = 0.6;
/** The steps of the value axis: 1, 2, 5, 10, 20, 50 … There is no half of a person. */
const STEPS = Array.from({ length: 18 }, (_, at) => (STEP[at % 3] ?? 1) * 10 ** Math.floor(at / 3));
const BARS = UPlot.paths.bars?.({ size: [0.7, 48] });

const colour = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A value between two hours without one is no part of a line, so it is a dot. */
const alone = (plot: UPlot, at: number): number[] =>
  [...(plot.data[at] ?? [])].flatMap((value, hour, all) =>
    value != null && all[hour - 1] == null && all[hour + 1] == null ? [hour] : [],
  );

function styleOf({ kind, name }: Series): UPlot.Series {
  const stroke = () => colour(kind === 'dashes' ? '--bad' : '--accent');
  if (kind === 'bars')
    return {
      ...{ label: name, width: 0, points: { show: false } },
      ...(BARS ? { paths: BARS } : {}),
      fill: () => `${colour('--accent')}99`,
    };
  return {
    ...{ label: name, stroke, width: 2 },
    ...(kind === 'dashes' ? { dash: [6, 4] } : {}),
    points: { show: true, size: 6, fill: stroke, filter: (plot, at) => alone(plot, at) },
  };
}

function optionsFor({ labels, series, most }: ChartProps, width: number): UPlot.Options {
  const axis = { stroke: () => colour('--soft'), font: FONT, ticks: { show: false } };
  return {
    ...{ width, height: HEIGHT, padding: [10, 8, 0, 0], legend: { show: false } },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [-HALF, labels.length - 1 + HALF] },
      y: { range: (_, _low, high) => [0, most ?? Math.max(1, (high ?? 0) * 1.1)] },
    },
    axes: [
      {
        ...{ ...axis, size: 24, gap: 4, grid: { show: false }, space: LABEL_PIXELS },
        splits: (plot) => {
          const step = Math.max(1, Math.ceil((labels.length * LABEL_PIXELS) / plot.bbox.width));
          return labels.flatMap((_, at) => (at % step === 0 ? [at] : []));
        },
        values: (_, places) => places.map((at) => labels[at] ?? ''),
      },
      {
        ...{ ...axis, size: 38, gap: 5, incrs: STEPS },
        grid: { stroke: () => colour('--line'), width: 1 },
      },
    ],
    series: [{}, ...series.map(styleOf)],
  };
}

/** A chart of the hours of a day. Its numbers are also in the table of the page. */
export function Chart(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const { title, unit, labels, series } = props;
  useEffect(() => {
    const at = place.current;
    if (!at) return undefined;
    const data = [labels.map((_, hour) => hour), ...series.map(({ values }) => [...values])];
    const plot = new UPlot(optionsFor(props, at.clientWidth), data as UPlot.AlignedData, at);
    const watch = new ResizeObserver(() => plot.setSize({ width: at.clientWidth, height: HEIGHT }));
    watch.observe(at);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => plot.redraw();
    dark.addEventListener('change', redraw);
    return () => {
      dark.removeEventListener('change', redraw);
      watch.disconnect();
      plot.destroy();
    };
  }, [JSON.stringify([labels, series])]);

  const said = series.map(({ name, values }) => {
    const known = values.filter((value) => value !== null);
    return `${name}: ${known.length === 0 ? 'none' : `at most ${Math.max(...known)}${unit}`}`;
  });
  return (
    <figure class="panel">
      <figcaption>
        <h2>{title}</h2>
        <ul class="legend">
          {series.map(({ name, kind }) => (
            <li key={name} class={kind}>
              {name}
            </li>
          ))}
        </ul>
      </figcaption>
      <div class="chart" ref={place} role="img" aria-label={`${title}. ${said.join('; ')}`} />
    </figure>
  );
}
