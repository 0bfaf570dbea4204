import { type Html, html } from '../../http/html.ts';
import { release } from '../../release.ts';
import { page } from './page.ts';

export interface HomeLink {
  href: string;
  title: string;
  text: string;
}

const DOCUMENTS: HomeLink[] = [
  { href: '/docs', title: 'API reference', text: 'Every route and event. Works offline.' },
  { href: '/openapi.json', title: 'OpenAPI', text: 'The HTTP API, for code generators.' },
  { href: '/asyncapi.json', title: 'AsyncAPI', text: 'The socket.io events, for code generators.' },
  { href: '/health/ready', title: 'Health', text: 'Status and latency of PostgreSQL and Redis.' },
  { href: '/metrics', title: 'Metrics', text: 'Metrics in Prometheus format.' },
];

/** `/`: an introduction and links. `tries` are links to the demo pages. */
export const homePage = (tries: readonly HomeLink[]): string =>
  page(
    'Foyer',
    html`<main class="home">
<header>
<img src="/site/icon.svg" alt="" width="56" height="56">
<h1>Foyer</h1>
<p class="lead">One backend for live communities. It matches people into calls, pushes every
change to clients, and never loses an acknowledged write.</p>
</header>
${tries.length > 0 ? section('Try it', tries) : undefined}
${section('Documents', DOCUMENTS)}
<footer>${release.name} ${release.version}</footer>
</main>`,
  );

const section = (title: string, links: readonly HomeLink[]): Html =>
  html`<section><h2>${title}</h2><ul class="cards">${links.map(
    ({ href, title, text }) =>
      html`<li><a href="${href}"><strong>${title}</strong><span>${text}</span></a></li>`,
  )}</ul></section>`;
