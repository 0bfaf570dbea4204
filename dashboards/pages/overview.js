import { clock, fill } from './draw.js';
import { showPanels } from './panels.js';
import { failed, fleet, problems, queues, stores, sweeps, tiles } from './sections.js';

const EVERY_MS = 2_000;
const pulse = document.querySelector('#pulse');

const parts = { problems, queues, sweeps, failed, fleet, stores };
const part = (name) => document.querySelector(`[data-part="${name}"]`);

/** Each part is drawn again only when it changed. */
async function show(stats) {
  fill(part('tiles'), { fleet: stats.fleet, queues: stats.queues }, tiles);
  for (const [name, draw] of Object.entries(parts)) fill(part(name), stats[name], draw);
  await showPanels(stats.panels);
  pulse.textContent = `Live · ${clock(stats.at)} · ${stats.version}`;
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
    await show(await response.json());
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
