import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../', import.meta.url));
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');

/** What a file in each folder may import: the picture of ARCHITECTURE.md as a table. */
const base = ['config.ts', 'contract/votes.ts', 'jobs/votes.ts', 'db/votes/keys.ts'];
const edge = [...base, 'http/html.ts'];
const effects = ['effects/votes.ts'];
const server = ['server/main.ts', 'server/votes/routes.ts'];
const workers = ['workers/main.ts', 'workers/votes/count.ts'];
const dashboards = 'dashboards/main.ts';
const mains = ['server/main.ts', 'workers/main.ts', dashboards];
const client = ['contract/votes.ts', 'client/votes.ts'];
const allowed: Record<string, string[]> = {
  '.': ['config.ts'],
  contract: ['config.ts', 'contract/votes.ts'],
  jobs: ['config.ts', 'contract/votes.ts', 'jobs/votes.ts'],
  db: ['config.ts', 'contract/votes.ts', 'db/votes/keys.ts'],
  'db/votes': ['config.ts', 'contract/votes.ts', 'db/votes/keys.ts'],
  http: ['config.ts', 'contract/votes.ts', 'http/html.ts'],
  effects: [...base, ...effects],
  'effects/votes': [...base, ...effects],
  server: [...edge, ...effects, ...server],
  'server/votes': [...edge, ...effects, ...server],
  workers: [...edge, ...effects, ...workers, 'bullmq'],
  'workers/votes': [...edge, ...effects, ...workers],
  dashboards: [...edge, dashboards, 'bullmq'],
  'dashboards/board': [...edge, dashboards, 'bullmq'],
  'dashboards/pages': [...client, 'dashboards/pages/chart.ts'],
  'dashboards/pages/play/match': [...client, 'dashboards/pages/play/match/screen.ts', 'preact'],
  'dashboards/pages/play/match/screens': [
    ...client,
    'dashboards/pages/play/match/screen.ts',
    'preact',
  ],
  client: [...client, 'socket.io-client'],
  'client/votes': [...client, 'socket.io-client'],
  'client/votes/meters': [...client, 'socket.io-client'],
  cli: [...base, 'client/votes.ts', 'cli/up.ts', ...mains],
  'cli/votes': [...base, 'client/votes.ts', 'cli/up.ts', ...mains],
  migrations: ['knex'],
};
const targets = [
  ...[...edge, ...effects, ...server, ...workers, dashboards],
  ...['client/votes.ts', 'cli/up.ts', 'bench/join.ts'],
];
const packages: Record<string, string[]> = {
  'workers/votes': ['bullmq', 'socket.io', '@socket.io/redis-adapter'],
  'dashboards/pages': ['node:fs', 'knex', 'ioredis', 'express'],
  'dashboards/pages/play/match': ['node:fs', 'knex', 'ioredis', 'express'],
  client: ['node:fs', 'knex', 'ioredis', 'express'],
  'client/votes/meters': ['node:fs', 'knex', 'ioredis', 'express'],
  'client/votes': ['node:fs', 'knex', 'ioredis', 'express'],
};
const forbiddenFor = (folder: string, may: string[]) =>
  [...targets, ...(packages[folder] ?? [])].filter((target) => !may.includes(target));

/** Other ways to write the same import, and two more rules of the house. */
const planted: Record<string, string> = {
  'server/type.ts': `import type { a } from '../workers/main.ts';`,
  'server/again.ts': `export { a } from '../workers/main.ts';`,
  'server/late.ts': `export const a = () => import('../workers/main.ts');`,
  'server/default.ts': 'export default 1;',
  'server/env.ts': 'export const a = process.env;',
};

describe('import rule', () => {
  let folder: string;
  let found: Map<string, number[]>;

  /** Everything is planted at once: the linter starts more slowly than it reads. */
  before(() => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'foyer-import-rule-'));
    for (const name of ['biome.json', '.gitignore']) cpSync(join(root, name), join(folder, name));
    for (const [place, may] of Object.entries(allowed)) {
      plant(folder, `${place}/allowed.ts`, imports(place, may));
      plant(folder, `${place}/forbidden.ts`, imports(place, forbiddenFor(place, may)));
    }
    for (const [file, source] of Object.entries(planted)) plant(folder, file, source);
    found = linted(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [place, may] of Object.entries(allowed)) {
    it(`holds in ${place === '.' ? 'the root' : place}`, () => {
      const forbidden = forbiddenFor(place, may);
      const caught = found.get(join(place, 'forbidden.ts'))?.map((line) => forbidden[line - 1]);
      expect(caught, 'caught').to.deep.equal(forbidden);
      expect(found.get(join(place, 'allowed.ts')), 'of what is allowed').to.equal(undefined);
    });
  }

  for (const [file, source] of Object.entries(planted))
    it(`sees ${source}`, () => expect(found.get(file)).to.deep.equal([1]));

  it('has no exception in the tree', () => {
    expect(Object.fromEntries(linted(root))).to.deep.equal({});
  });
});

function plant(folder: string, file: string, source: string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${source}\n`);
}

const imports = (place: string, list: string[]): string =>
  list.map((target) => `import '${specifier(place, target)}';`).join('\n');

function specifier(place: string, target: string): string {
  if (!target.endsWith('.ts')) return target;
  const path = relative(place, target);
  return path.startsWith('.') ? path : `./${path}`;
}

const RULES = ['noRestrictedImports', 'noDefaultExport', 'noProcessEnv'];

/** Files with the lines in which they break one of the rules, as the real configuration sees them. */
function linted(folder: string): Map<string, number[]> {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [biome, 'lint', '--max-diagnostics=none', '--reporter=github', '.'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const found = new Map<string, number[]>();
  const finding = /title=lint\/style\/(\w+),file=([^,]+),line=(\d+),/g;
  for (const [, rule = '', path = '', line] of `${stdout}${stderr}`.matchAll(finding)) {
    if (!RULES.includes(rule)) continue;
    const file = relative(folder, path);
    found.set(
      file,
      [...new Set([...(found.get(file) ?? []), Number(line)])].sort((a, b) => a - b),
    );
  }
  return found;
}
