import { drawChart } from './chart.js';
import { clock, fill } from './draw.js';
import {
  calls,
  ended,
  failed,
  fleet,
  pools,
  problems,
  queues,
  stores,
  sweeps,
  tiles,
} from './sections.js';

const EVERY_MS = 2_000;
const pulse = document.querySelector('#pulse');

const charts = {
  matches: { title: 'Matches per minute', kind: 'bars', value: ({ matches }) => matches },
  waiting: { title: 'People waiting', kind: 'line', value: ({ waiting }) => waiting },
  waits: { title: 'Wait, p95 in seconds', kind: 'line', value: ({ waitP95 }) => waitP95 },
};
const parts = { problems, queues, sweeps, failed, fleet, stores };
let drawn;

function drawCharts(minutes) {
  const text = JSON.stringify(minutes);
  if (text === drawn || minutes === null) return;
  drawn = text;
  for (const [name, { value, ...options }] of Object.entries(charts)) {
    const place = document.querySelector(`[data-chart="${name}"]`);
    drawChart(
      place,
      minutes.map((minute) => ({ minute: minute.minute, value: value(minute) })),
      options,
    );
  }
}

/** Redraws only the parts that changed. */
function show(figures) {
  const { matchmaking } = figures;
  const { accounts } = figures;
  fill('tiles', { matchmaking, accounts, fleet: figures.fleet, queues: figures.queues }, tiles);
  for (const [name, draw] of Object.entries(parts)) fill(name, figures[name], draw);
  fill('pools', matchmaking?.pools, pools);
  fill('calls', matchmaking?.calls, calls);
  fill('ended', matchmaking?.ended, ended);
  drawCharts(figures.minutes);
  pulse.textContent = `Live · ${clock(figures.at)} · ${figures.version}`;
  pulse.className = 'soft';
}

async function refresh() {
  if (document.hidden) return;
  try {
    const response = await fetch('/admin/api/overview', {
      headers: { accept: 'application/json' },
    });
    if (response.status === 401) {
      location.assign('/admin/login');
      return;
    }
    if (!response.ok) throw new Error(String(response.status));
    show(await response.json());
  } catch (error) {
    pulse.textContent = `No response (${error.message}). Retrying. The data below is out of date.`;
    pulse.className = 'bad';
  }
}

/** Schedules the next poll after the current one ends, so that slow polls never overlap. */
async function run() {
  await refresh();
  setTimeout(run, EVERY_MS);
}

document.addEventListener('visibilitychange', refresh);
run();
