import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { identify, isRunning, stopProcess } from '../../cli/embedded/processes.ts';
import { lockDataDir } from '../../cli/up/lock.ts';

describe('the lock of a data directory', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'foyer-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is exclusive until it is released', () => {
    const release = lockDataDir(folder);
    expect(() => lockDataDir(folder)).to.throw(`pid ${process.pid}`);
    release();
    lockDataDir(folder)();
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('is stale when its process has exited, even if the pid was reused', () => {
    const stale = [
      { pid: 2 ** 22 + 1, startedAt: 'x' },
      { pid: process.pid, startedAt: 'x' },
      'torn',
    ];
    for (const holder of stale) {
      writeFileSync(join(folder, 'up.lock'), JSON.stringify(holder));
      lockDataDir(folder)();
    }
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});

describe('stopping a process', () => {
  it('asks the process to exit and then kills it', async () => {
    const deaf = spawn(process.execPath, [
      '-e',
      'process.on("SIGTERM",()=>{});setInterval(()=>{},9);console.log("deaf")',
    ]);
    await once(deaf.stdout, 'data');
    const polite = spawn(process.execPath, ['-e', 'setInterval(()=>{},9)']);
    const [deafId, politeId] = [identify(deaf.pid ?? 0), identify(polite.pid ?? 0)];
    expect(await stopProcess(deafId, { ask: 'SIGTERM', waitMs: 100 })).to.equal(false);
    expect(await stopProcess(politeId, { ask: 'SIGTERM', waitMs: 5_000 })).to.equal(true);
    expect([deafId, politeId].some(isRunning)).to.equal(false);
  });

  it('never signals another process with the same pid', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(()=>{},9)']);
    const id = identify(child.pid ?? 0);
    await stopProcess({ ...id, startedAt: 'another time' }, { ask: 'SIGKILL', waitMs: 100 });
    expect(isRunning(id)).to.equal(true);
    child.kill('SIGKILL');
  });
});
