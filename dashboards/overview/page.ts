import { type Html, html } from '../../http/html.ts';

const section = (id: string, title: string, text = '', wide = false): Html =>
  html`<section id="${id}" class="card${wide ? ' wide' : ''}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>${text ? html`<p class="soft">${text}</p>` : undefined}
<div class="scroll" data-part="${id}"></div></section>`;

/** The places that `pages/overview.js` fills. Those of the panels stay empty until their scripts are loaded. */
export const overviewBody: Html = html`<main class="overview">
<div class="head"><h1>Overview</h1><p id="pulse" class="soft" role="status">Loading…</p></div>
<noscript><p class="problem">This page needs its script for live numbers. <a href="/admin/jobs">Failed jobs</a> works without.</p></noscript>
<div data-part="problems" aria-live="polite"></div>
<div class="tiles"><div data-panels="tiles" class="panels"></div><div data-part="tiles" class="panels"></div></div>
<div class="charts" data-panels="charts"></div>
<div class="grid">
${section('queues', 'Queues', '', true)}
${section('sweeps', 'Sweeps', 'What periodic jobs found and repaired, on any worker.', true)}
<div data-panels="sections" class="panels"></div>
${section('failed', 'Newest failed jobs', '', true)}
${section('fleet', 'Servers')}
${section('stores', 'Stores')}
</div>
</main>`;
