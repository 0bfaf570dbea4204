import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Express } from 'express';
import { stateOf } from '../../http/request-state.ts';
import type { HomeLink } from './home-page.ts';

const TYPES: Record<string, string> = { '.js': 'js', '.css': 'css', '.svg': 'svg', '.png': 'png' };
const ASSETS = '/site/pages/';
/** The build output contains the pages. When run from source, the last build is used. */
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
  /** Links to the demo pages. */
  tries: HomeLink[];
}

const TRIES: HomeLink[] = [
  {
    href: '/play/match',
    title: 'Find a partner',
    text: 'Open it in two tabs and start a call. No account needed.',
  },
];

/**
 * Serves the output of `bin/build-pages.js`, read once at startup. Asset names contain a content hash, so
 * clients may cache assets forever. Without a build, serves nothing.
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
