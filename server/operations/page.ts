import { type Html, html } from '../../http/html.ts';

/** The HTML frame of the server's own pages: one stylesheet, no scripts. */
export const page = (title: string, body: Html): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/site/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/site/site.css">
</head>
<body>
${body}
</body>
</html>
`.text;
