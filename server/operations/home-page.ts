import { type Html, html } from '../../http/html.ts';
import { release } from '../../release.ts';
import { page } from './page.ts';

export interface HomeLink {
  href: string;
  title: string;
  text: string;
}

const DOCUMENTS: HomeLink[] = [
  { href: '/docs', title: 'Reference', text: 'Every route and every event, to read offline.' },
  { href: '/openapi.json', title: 'OpenAPI', text: 'The HTTP side, for generators.' },
  { href: '/asyncapi.json', title: 'AsyncAPI', text: 'The socket.io side, for generators.' },
  { href: '/health/ready', title: 'Health', text: 'The stores behind this server, with latency.' },
  { href: '/metrics', title: 'Metrics', text: 'Stats for Prometheus.' },
];

/** `/`: what this is, and where to go. `tries` are the pages on which people can try it. */
export const homePage = (tries: readonly HomeLink[]): string =>
  page(
    'Foyer',
    html`<main class="home">
<header>
<img src="/site/icon.svg" alt="" width="56" height="56">
<h1>Foyer</h1>
<p class="lead">One backend for live communities: it matches people into calls, tells everyone
what changed, and keeps what it acknowledged.</p>
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
