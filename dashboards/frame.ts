import { type Html, html } from '../http/html.ts';
import type { Operator } from './sign-in/operator-of.ts';

interface Frame {
  operator?: Operator | undefined;
  /** The name of the page's own script and stylesheet. */
  own?: string;
}

/** The HTML frame of every page, with navigation and a sign-out button for a signed-in operator. */
export const framed = (title: string, body: Html, { operator, own }: Frame = {}): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Foyer</title>
<link rel="icon" href="/admin/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/admin/assets/admin.css">
${own ? html`<link rel="stylesheet" href="/admin/assets/${own}.css">` : undefined}
${own ? html`<script type="module" src="/admin/assets/${own}.js"></script>` : undefined}
</head>
<body>
${operator ? header(operator) : undefined}
${body}
</body>
</html>
`.text;

const header = ({ name, role, csrfToken }: Operator): Html => html`<header class="bar">
<a class="brand" href="/admin"><img src="/admin/assets/icon.svg" alt="" width="24" height="24">Foyer</a>
<nav aria-label="Pages"><a href="/admin">Overview</a><a href="/admin/queues">Queues</a>
<a href="/admin/jobs">Failed jobs</a>${role === 'admin' ? html`<a href="/admin/audit">Audit</a>` : undefined}</nav>
<form method="post" action="/admin/logout"><span>${name} <small>${role}</small></span>
${csrfField(csrfToken)}<button>Sign out</button></form>
</header>`;

/** Every form contains this field; see `sign-in/csrf.ts`. */
export const csrfField = (token: string): Html =>
  html`<input type="hidden" name="csrf" value="${token}">`;

/** `2026-11-20 12:34:56` in UTC, with a machine-readable `datetime`. */
export function moment(at: Date | number | null): Html {
  if (at === null) return html`<span class="soft">never</span>`;
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')}</time>`;
}
