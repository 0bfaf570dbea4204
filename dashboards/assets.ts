import { readdirSync, readFileSync } from 'node:fs';
import type { Express } from 'express';
import { stateOf } from '../http/request-state.ts';

const PAGES = new URL('./pages/', import.meta.url);
const ASSET = /\.(css|js|svg)$/;

/** What the pages look like and their scripts, with one script a panel: found by folder, read once at the start. */
export function mountAssets(app: Express): void {
  const names = ['', 'panels/'].flatMap((folder) =>
    readdirSync(new URL(`./${folder}`, PAGES))
      .filter((name) => ASSET.test(name))
      .map((name) => folder + name),
  );
  for (const name of names) {
    const text = readFileSync(new URL(name, PAGES), 'utf8');
    const path = `/admin/assets/${name}`;
    app.get(path, (_req, res) => {
      stateOf(res).route = path;
      res.set('cache-control', 'no-cache').type(name.split('.').at(-1) ?? '');
      res.send(text);
    });
  }
}
