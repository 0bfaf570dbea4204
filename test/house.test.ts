import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../', import.meta.url));
const LONGEST = 300;
/** A folder of this name says nothing about what is in it, and so takes everything. */
const FORBIDDEN = ['utils', 'helpers', 'common', 'services', 'types'];

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
