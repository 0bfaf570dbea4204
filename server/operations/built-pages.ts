import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Express, RequestHandler } from 'express';
import type { Config } from '../../config.ts';
import { stateOf } from '../../http/request-state.ts';
import { frameableHeaders } from '../../http/security-headers.ts';
import type { HomeLink } from './home-page.ts';
import { holesOf, type PageRules, parsePageRules, patternOf } from './page-rules.ts';

const TYPES: Record<string, string> = { '.js': 'js', '.css': 'css', '.svg': 'svg', '.png': 'png' };
const ASSETS = '/site/pages/';
/** The build output contains the pages. When run from source, the last build is used. */
const PLACES = ['../../pages/', '../../dist/pages/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

interface BuiltPage {
  path: string;
  rules: PageRules;
  body: Buffer;
}
interface Asset {
  path: string;
  type: string;
  body: Buffer;
}

export interface BuiltPages {
  mount(app: Express): void;
  /** Links to the pages that are on the home page. */
  tries: HomeLink[];
}

/**
 * Serves the output of `bin/build-pages.js`, read once at startup. Asset names contain a content hash, so
 * clients may cache assets forever. Without a build, serves nothing.
 * @throws {Error} for a page whose `page.json` is invalid
 */
export function createBuiltPages(
  config: Pick<Config, 'publicUrl'>,
  folder: string | undefined = PLACES.find((place) => existsSync(place)),
): BuiltPages {
  const { pages, assets } = folder === undefined ? { pages: [], assets: [] } : read(folder);
  const framed = frameableHeaders(config);
  const unframed: RequestHandler = (_req, _res, next) => next();
  return {
    tries: pages.flatMap(({ path, rules: { home } }) => (home ? [{ href: path, ...home }] : [])),
    mount: (app) => {
      for (const { path, rules, body } of pages)
        app.get(patternOf(path), rules.frameable ? framed : unframed, (_req, res) => {
          stateOf(res).route = path;
          res.set('cache-control', 'no-cache').type('html').send(body);
        });
      for (const { path, type, body } of assets)
        app.get(path, (_req, res) => {
          // One label for all assets: their names change with every release.
          stateOf(res).route = `${ASSETS}{file}`;
          res.set('cache-control', 'public, max-age=31536000, immutable').type(type).send(body);
        });
    },
  };
}

function read(folder: string): { pages: BuiltPage[]; assets: Asset[] } {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  const pages = names
    .filter((name) => basename(name) === 'index.html')
    .map((name): BuiltPage => {
      const page = dirname(name);
      const file = join(page, 'page.json');
      const rules = parsePageRules(page, names.includes(file) ? text(file) : undefined);
      return { path: rules.path ?? `/${page}`, rules, body: readFileSync(join(folder, name)) };
    });
  const assets = names.flatMap((name): Asset[] => {
    const type = TYPES[extname(name)];
    const path = `/${name}`;
    if (!type || !path.startsWith(ASSETS)) return [];
    return [{ path, type, body: readFileSync(join(folder, name)) }];
  });
  return { pages: pages.sort((a, b) => holesOf(a.path) - holesOf(b.path)), assets };
}
