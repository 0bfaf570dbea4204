import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { blockingFolder } from '../../cli/embedded/reachable.ts';

const stranger = { uid: 54_321, gid: 54_321 };

describe('blockingFolder', () => {
  let folder: string;
  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'foyer-reach-')));
    mkdirSync(join(folder, 'inner'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('returns the folder that an account cannot enter', () => {
    chmodSync(folder, 0o700);
    expect(blockingFolder(join(folder, 'inner/not/yet/there'), stranger)).to.equal(folder);
  });

  it('accepts a folder that can be entered but not listed', () => {
    chmodSync(folder, 0o711);
    const outer = blockingFolder(tmpdir(), stranger);
    expect(blockingFolder(join(folder, 'inner'), stranger)).to.equal(outer);
  });

  it('returns null without a separate account', () => {
    expect(blockingFolder(join(folder, 'inner'), null)).to.equal(null);
  });
});
