import { type Html, html } from '../../http/html.ts';

const section = (id: string, title: string, text = '', wide = false): Html =>
  html`<section id="${id}" class="card${wide ? ' wide' : ''}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>${text ? html`<p class="soft">${text}</p>` : undefined}
<div class="scroll" data-part="${id}"></div></section>`;

const chart = (id: string, title: string): Html =>
  html`<figure class="card"><figcaption>${title}</figcaption><div data-chart="${id}"></div></figure>`;

/** The placeholders that `pages/overview.js` fills. */
export const overviewBody: Html = html`<main class="overview">
<div class="head"><h1>Overview</h1><p id="pulse" class="soft" role="status">Loading…</p></div>
<noscript><p class="problem">This page needs JavaScript for live stats. <a href="/admin/jobs">Failed jobs</a> works without it.</p></noscript>
<div data-part="problems" aria-live="polite"></div>
<div data-part="tiles" class="tiles"></div>
<div class="charts">
${chart('matches', 'Matches per minute, last hour')}
${chart('waiting', 'People waiting, last hour')}
${chart('waits', 'Wait until matched (p95, seconds), last hour')}
</div>
<div class="grid">
${section('queues', 'Queues', '', true)}
${section('sweeps', 'Sweeps', 'What the periodic jobs found and repaired, across all workers.', true)}
${section('pools', 'Pools', 'Waiting rows in PostgreSQL compared with entries of the index in Redis.')}
${section('calls', 'Calls')}
${section('ended', 'Sessions ended, last hour')}
${section('failed', 'Latest failed jobs', '', true)}
${section('fleet', 'Servers')}
${section('stores', 'Stores')}
</div>
</main>`;
