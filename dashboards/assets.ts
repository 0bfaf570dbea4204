import { readFileSync } from 'node:fs';
import type { Express } from 'express';
import { stateOf } from '../http/request-state.ts';

const FILES = [
  'admin.css',
  'overview.css',
  'overview.js',
  'sections.js',
  'draw.js',
  'chart.js',
  'icon.svg',
];

/** The stylesheets and scripts of the pages, read once at startup. */
export function mountAssets(app: Express): void {
  for (const name of FILES) {
    const text = readFileSync(new URL(`./pages/${name}`, import.meta.url), 'utf8');
    const path = `/admin/assets/${name}`;
    app.get(path, (_req, res) => {
      stateOf(res).route = path;
      res.set('cache-control', 'no-cache').type(name.split('.').at(-1) ?? '');
      res.send(text);
    });
  }
}
