import { readFileSync } from 'node:fs';
import type { Express, Response } from 'express';
import type { Config } from '../../config.ts';
import { asyncApi } from '../../contract/documents/asyncapi.ts';
import { openApi } from '../../contract/documents/openapi.ts';
import { stateOf } from '../../http/request-state.ts';
import { release } from '../../release.ts';
import { docsPage } from './docs-page.ts';
import { type HomeLink, homePage } from './home-page.ts';

interface Page {
  path: string;
  type: string;
  text: string;
  maxAgeSeconds: number;
}

/** `/`, `/docs`, the two documents and their stylesheet. All are rendered once at startup. */
export const documentPages =
  (config: Pick<Config, 'publicUrl'>, tries: readonly HomeLink[] = []) =>
  (app: Express): void => {
    const http = openApi(release.version, config.publicUrl);
    const events = asyncApi(release.version, config.publicUrl);
    const pages: Page[] = [
      { path: '/', type: 'html', text: homePage(tries), maxAgeSeconds: 0 },
      { path: '/docs', type: 'html', text: docsPage(http, events), maxAgeSeconds: 0 },
      { path: '/openapi.json', type: 'json', text: JSON.stringify(http), maxAgeSeconds: 0 },
      { path: '/asyncapi.json', type: 'json', text: JSON.stringify(events), maxAgeSeconds: 0 },
      { path: '/site/site.css', type: 'css', text: file('site.css'), maxAgeSeconds: 300 },
      { path: '/site/icon.svg', type: 'svg', text: file('icon.svg'), maxAgeSeconds: 300 },
    ];
    for (const each of pages) app.get(each.path, (_req, res) => serve(each, res));
  };

function serve({ path, type, text, maxAgeSeconds }: Page, res: Response): void {
  stateOf(res).route = path;
  res.set('cache-control', maxAgeSeconds > 0 ? `public, max-age=${maxAgeSeconds}` : 'no-cache');
  res.type(type).send(text);
}

const file = (name: string) => readFileSync(new URL(`./pages/${name}`, import.meta.url), 'utf8');
