import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Express } from 'express';
import { stateOf } from '../http/request-state.ts';

const PAGES = new URL('./pages/', import.meta.url);
const ASSET = /\.(css|js|svg)$/;

/** Files of packages that the pages use, and where they are in their package. */
const PACKAGED = {
  'uplot.js': 'uplot/dist/uPlot.esm.js',
  'uplot.css': 'uplot/dist/uPlot.min.css',
};

/** What the pages look like and their scripts, with one script a panel: found by folder, read once at the start. */
export function mountAssets(app: Express): void {
  const names = ['', 'panels/'].flatMap((folder) =>
    readdirSync(new URL(`./${folder}`, PAGES))
      .filter((name) => ASSET.test(name))
      .map((name) => folder + name),
  );
  for (const name of names) mount(app, name, new URL(name, PAGES));
  const { resolve } = createRequire(import.meta.url);
  for (const [name, file] of Object.entries(PACKAGED)) mount(app, name, resolve(file));
}

function mount(app: Express, name: string, file: URL | string): void {
  const text = readFileSync(file, 'utf8');
  const path = `/admin/assets/${name}`;
  app.get(path, (_req, res) => {
    stateOf(res).route = path;
    res.set('cache-control', 'no-cache').type(name.split('.').at(-1) ?? '');
    res.send(text);
  });
}
