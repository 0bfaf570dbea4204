import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { freePort } from '../../cli/embedded/ports.ts';
import type { TableRetention } from '../../db/define.ts';
import { enforceRetention } from '../../db/maintenance/enforce-retention.ts';
import { endMember, type Member, spawnMember } from '../support/fleet.ts';
import { useServices } from '../support/services.ts';
import { waitFor } from '../support/wait-for.ts';
import { type CopiedTree, copyTree, insert } from './copied-tree.ts';
import { insertions } from './insertions.ts';

/** The compiled list of each layer, and the bounds. */
const MOST_CHANGED = 8;
const BUILD_MS = 300_000;
const PASSWORD = 'a password of operators';

/** As the domain's own contract says. */
interface Bell {
  id: string;
  rings: number;
  isRinging: boolean;
  version: number;
}
/** What `test/bells/use-bells.ts` of the copy gives. It is compiled against the copy's own types. */
interface Used {
  hung: { first: Bell; again: Bell };
  snapshot: Bell;
  rung: Bell;
  changed: Bell;
  atOwner: Bell;
  silent: Bell;
  unknown: string;
  unwatched: object;
  refused: string;
  reconnected: Bell[];
}

describe('a domain is a module', () => {
  const services = useServices();
  const members: Member[] = [];
  let tree: CopiedTree;
  let used: Used;

  const urlOf = (kind: Member['kind']) => members.find((each) => each.kind === kind)?.url ?? '';
  const start = async (kind: Member['kind']) => {
    const log = join(tree.folder, 'members.log');
    const env = {
      DATABASE_URL: services.databaseUrl,
      REDIS_URL: services.redisUrl,
      ADMIN_PASSWORD: PASSWORD,
    };
    return spawnMember(kind, await freePort(), log, env, tree.folder);
  };

  before('build, start and use a copy', async function () {
    this.timeout(BUILD_MS);
    await build();
    await startAll();
    const [first = '', second = ''] = members.map(({ url }) => url);
    used = await useBells(first, second);
  });
  async function build(): Promise<void> {
    tree = copyTree();
    for (const insertion of insertions) insert(tree.folder, insertion);
    await tree.run(['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
    await tree.run(['bin/build.js']);
  }
  async function startAll(): Promise<void> {
    const env = { DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl };
    await tree.run(['dist/cli/main.js', 'migrate'], { ...env, AUTH_SECRET: 'of no matter here' });
    const kinds = ['server', 'server', 'worker', 'admin'] as const;
    members.push(...(await Promise.all(kinds.map(start))));
  }
  async function useBells(first: string, second: string): Promise<Used> {
    const program = await load<{ useBells: typeof useBells }>('test/bells/use-bells.ts');
    return program.useBells(first, second);
  }
  /** A module of the copy. */
  const load = async <Module>(file: string): Promise<Module> =>
    import(pathToFileURL(join(tree.folder, file)).href);
  after('stop', async function () {
    this.timeout(60_000);
    await Promise.all(members.map(endMember));
    tree?.remove();
  });

  it(`changes at most ${MOST_CHANGED} files that exist`, () => {
    const changed = tree.changedFiles();
    console.log(`      a domain changes ${changed.length} existing files: ${changed.join(', ')}`);
    expect(changed).to.have.members([...new Set(insertions.map(({ file }) => file))]);
    expect(changed.length).to.be.at.most(MOST_CHANGED);
  });

  it('keeps to the import rule and the format', async () => {
    await tree.run([
      'node_modules/@biomejs/biome/bin/biome',
      'check',
      '--error-on-warnings',
      ...tree.added,
      ...tree.changedFiles(),
    ]);
  });

  it('is in the documents, the contract tests and the authorization matrices', async function () {
    this.timeout(BUILD_MS);
    await tree.run([
      '--import=tsx',
      'node_modules/mocha/bin/mocha.js',
      ...['--grep', 'catalogue|documented|bell'],
      ...['errors', 'documents', 'gates', 'live'].map((name) => `test/contract/${name}.test.ts`),
      ...['http', 'socket'].map((name) => `test/authorization/${name}-matrix.test.ts`),
    ]);
  });

  it('answers its route once for a key', async () => {
    expect(used.hung.again).to.deep.equal(used.hung.first);
    const { rows } = await services.db.raw(
      `select count(*)::int as n from bells where name = 'Door'`,
    );
    expect(rows).to.deep.equal([{ n: 1 }]);
  });

  it('refuses with codes of its own', () => {
    expect(used.refused).to.equal('bell.too_many');
    expect(used.unknown).to.equal('bell.not_found');
  });

  it('pushes to a person on another server', () => {
    expect(used.atOwner).to.deep.equal(used.rung);
  });

  it('gives watchers a snapshot and every change after it, of servers and workers', () => {
    expect(used.snapshot).to.deep.equal(used.hung.first);
    expect(used.changed).to.deep.equal({ ...used.snapshot, rings: 1, isRinging: true, version: 2 });
    expect(used.silent).to.deep.equal({ ...used.changed, isRinging: false, version: 3 });
    expect(used.unwatched).to.deep.equal({});
  });

  it('has its part in what a person is told at a connect', () => {
    expect(used.reconnected.map(({ id }) => id)).to.include(used.hung.first.id);
    expect(used.reconnected).to.have.lengthOf(3);
  });

  it('runs its job and its sweep', async () => {
    const key = `{bells}:echo:${used.hung.first.id}`;
    expect(await waitFor(() => services.redis.get(key), { what: 'the job' })).to.equal('1');
    expect(await services.redis.ttl(key)).to.be.within(1, 60);
    const { sweeps } = await overview();
    const sweep = sweeps.find(({ name }) => name === 'bells.fall-silent');
    expect(sweep?.last?.outcome).to.equal('done');
  });

  it('keeps its rows for as long as it says', async () => {
    const { tables } = await load<{ tables: TableRetention[] }>('db/domains.ts');
    const table = tables.find((each) => each.table === 'bells');
    if (!table) throw new Error('the table is in no list');
    const { rows } = await services.db.raw(
      `insert into bells (id, owner_id, name, created_at)
       select gen_random_uuid(), owner_id, 'Old', now() - interval '31 days' from bells limit 1
       returning id`,
    );
    expect(rows).to.have.lengthOf(1);
    expect(await enforceRetention(services.db, table)).to.equal(1);
  });

  it('has a panel with a script of its own', async () => {
    const { panels } = await overview();
    expect(panels['bells']).to.deep.equal({ bells: 3, rings: 1 });
    const script = await asOperator('/admin/assets/panels/bells.js');
    expect(await script.text()).to.contain('export const tiles');
  });

  it('stands in the documents and the metrics', async () => {
    const at = async (path: string) => (await fetch(`${urlOf('server')}${path}`)).text();
    const openApi = JSON.parse(await at('/openapi.json'));
    expect(openApi.paths['/v1/bells'].post).to.have.property('tags').that.includes('bells');
    expect(openApi.paths['/v1/bells'].post.responses[409].description).to.contain('bell.too_many');
    expect(await at('/asyncapi.json')).to.contain('bell:watch');
    expect(await at('/metrics')).to.contain('foyer_bells_rung_total');
  });

  let cookie: string | undefined;
  async function asOperator(path: string): Promise<Response> {
    cookie ??= await signIn();
    return fetch(`${urlOf('admin')}${path}`, { headers: { cookie } });
  }
  async function signIn(): Promise<string> {
    const body = new URLSearchParams({ username: 'admin', password: PASSWORD });
    const url = `${urlOf('admin')}/admin/login`;
    const { headers } = await fetch(url, { method: 'POST', body, redirect: 'manual' });
    return headers.getSetCookie()[0]?.split(';')[0] ?? '';
  }
  const overview = async () =>
    (await (await asOperator('/admin/api/overview')).json()) as {
      panels: Record<string, unknown>;
      sweeps: { name: string; last: { outcome: string } | null }[];
    };
});
