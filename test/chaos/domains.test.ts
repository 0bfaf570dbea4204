import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { findChaosDomains } from './find-domains.ts';

const here = new URL('./', import.meta.url);

describe('chaos: domains', () => {
  const names = readdirSync(new URL('domains/', here));

  it('are found by folder, each under its name and with something that must hold', async () => {
    const found = await findChaosDomains();
    expect(found.map(({ name }) => name)).to.deep.equal(names.sort());
    for (const { invariants } of found) expect(invariants).to.not.deep.equal([]);
  });

  it('are named by no file of the run or of the checker', () => {
    const files = ['./', './checker/', './world/'].flatMap((folder) =>
      readdirSync(new URL(folder, here))
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
        .map((name) => folder + name),
    );
    const naming = files.filter((file) => {
      const text = readFileSync(new URL(file, here), 'utf8');
      return names.some((name) => text.includes(name));
    });
    expect(naming).to.deep.equal([]);
  });
});
