import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { findDemoDomains } from '../../cli/demo/find-domains.ts';

const folder = new URL('../../cli/demo/', import.meta.url);

describe('demo: domains', () => {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

  it('are found by folder, each ready to start', async () => {
    const found = await findDemoDomains();
    expect(found).to.have.length(names.length);
    const crowds = found.flatMap(({ crowd }) => crowd ?? []);
    expect(crowds).to.not.deep.equal([]);
    for (const { personName, weight } of crowds) {
      expect(personName).to.match(/^[A-Z]/);
      expect(weight).to.be.above(0);
    }
  });

  it('are named by no file of the shell', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
    const texts = [...files, '../demo.ts'].map((name) => ({
      name,
      text: readFileSync(new URL(name, folder), 'utf8'),
    }));
    const naming = texts.filter(({ text }) => names.some((name) => text.includes(name)));
    expect(naming.map(({ name }) => name)).to.deep.equal([]);
  });
});
