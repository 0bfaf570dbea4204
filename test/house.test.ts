import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { partOf } from './support/parts.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const LONGEST = 300;
/** About fifteen: what one look takes in. */
const MOST = 17;
/** A folder of this name says nothing about what is in it, and so takes everything. */
const FORBIDDEN = ['utils', 'helpers', 'common', 'services', 'types'];

/** A time of the real clock that a test waits for, and a test that may fail first. */
const WAITS = [
  /['"](node:)?timers(\/promises)?['"]/,
  /\bset(Timeout|Interval)\(/,
  /\bpg_sleep\b/,
  /\bAtomics\.wait\(/,
  /\.waitForTimeout\(/,
  /\bretries\(/,
];
/** Files and folders where real time is the subject; what else waits, waits for a condition. */
const REAL_TIME: Record<string, string> = {
  'test/chaos/': 'faults, rests and the network between processes follow a schedule in real time',
  'test/cli/lock.test.ts': 'child processes that live until they are stopped',
  'test/client/matchmaking/fake-peers.ts': 'later, as in a browser; its tests run in virtual time',
  'test/client/inbox-world.ts': 'the delay of a network; its tests run in virtual time',
  'test/client/matchmaking/signal-exchange.ts': 'a slow network; its tests run in virtual time',
  'test/fleet/flood.test.ts': 'a flood and a quiet person, each at a steady rate',
  'test/fleet/pm2-reload.test.ts': 'plain requests at a steady rate while processes are replaced',
  'test/fleet/restless.ts': 'people who think before they act, while a fleet is disturbed',
  'test/server/routes/idempotency.test.ts': 'a command that takes a moment inside PostgreSQL',
  'test/support/fixtures.ts': 'the deadline after which a process that does not end is reported',
  'test/support/fleet.ts': 'the deadline after which a process that does not stop is killed',
  'test/support/wait-for.ts': 'the pause between two looks at the condition',
};
const isTest = (file: string) => file.startsWith('test/') && file !== 'test/house.test.ts';

/** What is, or is about to be, in the repository. */
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file && existsSync(join(root, file)));
const sources = files.filter((file) => /\.(ts|js|lua|css)$/.test(file));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const linesOf = (file: string) => read(file).trimEnd().split('\n').length;

describe('the house', () => {
  it(`has no file of more than ${LONGEST} lines`, () => {
    const long = sources.filter((file) => linesOf(file) > LONGEST);
    expect(long).to.deep.equal([]);
  });

  it('has 90 % of its files under 200 lines', () => {
    const sizes = sources.map(linesOf).sort((a, b) => a - b);
    expect(sizes[Math.floor(sizes.length * 0.9)]).to.be.below(200);
    console.log(`      median ${sizes[Math.floor(sizes.length / 2)]} of ${sizes.length} files`);
  });

  it(`has no folder of more than ${MOST} source files`, () => {
    const counts = new Map<string, number>();
    for (const file of sources) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > MOST)).to.deep.equal([]);
  });

  it('has no folder without a subject', () => {
    const vague = files.filter((file) => file.split('/').some((part) => FORBIDDEN.includes(part)));
    expect(vague).to.deep.equal([]);
  });

  it('names files in kebab-case', () => {
    const odd = sources.filter((file) => !/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(basename(file)));
    expect(odd).to.deep.equal([]);
  });

  it('has no barrel files', () => {
    expect(sources.filter((file) => /^index\.[jt]s$/.test(basename(file)))).to.deep.equal([]);
  });

  it('makes no exception from its own rules by a comment', () => {
    const rules =
      /biome-ignore(-\w+)? lint\/style\/(noRestrictedImports|noDefaultExport|noProcessEnv)/;
    const excepted = sources.filter((file) => rules.test(read(file)));
    expect(excepted).to.deep.equal([]);
  });

  it('waits for conditions in its tests, and tries none twice', () => {
    const waiting = sources.filter(
      (file) => isTest(file) && WAITS.some((wait) => wait.test(read(file))),
    );
    const places = Object.keys(REAL_TIME);
    const isAllowed = (file: string) => places.some((place) => file.startsWith(place));
    expect(waiting.filter((file) => !isAllowed(file))).to.deep.equal([]);
    const unused = places.filter((place) => !waiting.some((file) => file.startsWith(place)));
    expect(unused, 'allowed, and not there any more').to.deep.equal([]);
  });

  it('starts no fleet, browser or program in its quick tests', () => {
    const heavy = /support\/(machine\/(chromium|coturn|pm2)|fleet|program)\.ts'/;
    const slow = sources.filter((file) => isTest(file) && heavy.test(read(file)));
    expect(slow).to.not.be.empty;
    expect(slow.filter((file) => partOf(file) === 'quick')).to.deep.equal([]);
  });

  it('lists every variable in .env.example', async () => {
    const { environment } = await import('../config.ts');
    const listed = [...read('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(
      ([, name]) => name,
    );
    expect(listed).to.include.members(
      Object.keys(environment.shape).filter((name) => name !== 'FOYER_EMBEDDED'),
    );
  });

  /** npm leaves out what its registry did not have for another platform; `npm ci` then refuses. */
  it('has a lock file with every optional package', () => {
    interface Entry {
      optionalDependencies?: Record<string, string>;
    }
    const { packages }: { packages: Record<string, Entry> } = JSON.parse(read('package-lock.json'));
    const missing = Object.entries(packages).flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).filter(
        (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
      ),
    );
    expect(missing).to.deep.equal([]);
  });
});
