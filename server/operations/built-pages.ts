import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Express } from 'express';
import { stateOf } from '../../http/request-state.ts';
import type { HomeLink } from './home-page.ts';

const TYPES: Record<string, string> = { '.js': 'js', '.css': 'css', '.svg': 'svg', '.png': 'png' };
const ASSETS = '/site/pages/';
/** The built program has them beside itself; the sources find what was built last. */
const PLACES = ['../../pages/', '../../dist/pages/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

interface BuiltFile {
  path: string;
  type: string;
  body: Buffer;
}

export interface BuiltPages {
  mount(app: Express): void;
  /** Those on which people can try it. */
  tries: HomeLink[];
}

const TRIES: HomeLink[] = [
  {
    href: '/play/match',
    title: 'Try it: find a partner',
    text: 'Two tabs, two people, one call. No account is needed.',
  },
];

/**
 * What `bin/build-pages.js` made, read once at the start: pages at their paths, and their assets, which
 * are named by their content and may be kept for ever. Nothing when it was not built.
 */
export function createBuiltPages(
  folder: string | undefined = PLACES.find((place) => existsSync(place)),
): BuiltPages {
  const files = folder === undefined ? [] : read(folder);
  return {
    tries: TRIES.filter(({ href }) => files.some(({ path }) => path === href)),
    mount: (app) => {
      for (const { path, type, body } of files) {
        const isAsset = path.startsWith(ASSETS);
        const caching = isAsset ? 'public, max-age=31536000, immutable' : 'no-cache';
        app.get(path, (_req, res) => {
          // One label for all assets: their names change with every release.
          stateOf(res).route = isAsset ? `${ASSETS}{file}` : path;
          res.set('cache-control', caching).type(type).send(body);
        });
      }
    },
  };
}

function read(folder: string): BuiltFile[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.flatMap((name) => {
    const body = () => readFileSync(join(folder, name));
    if (name.endsWith('index.html'))
      return [{ path: `/${dirname(name)}`, type: 'html', body: body() }];
    const type = TYPES[extname(name)];
    const path = `/${name}`;
    return type && path.startsWith(ASSETS) ? [{ path, type, body: body() }] : [];
  });
}
