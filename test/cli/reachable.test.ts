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

  it('names the folder that keeps an account out', () => {
    chmodSync(folder, 0o700);
    expect(blockingFolder(join(folder, 'inner/not/yet/there'), stranger)).to.equal(folder);
  });

  it('is content with a folder that may be passed but not listed', () => {
    chmodSync(folder, 0o711);
    const outer = blockingFolder(tmpdir(), stranger);
    expect(blockingFolder(join(folder, 'inner'), stranger)).to.equal(outer);
  });

  it('lets everybody run as themselves', () => {
    expect(blockingFolder(join(folder, 'inner'), null)).to.equal(null);
  });
});
