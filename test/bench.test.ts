import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { Figure } from '../bench/measure/figures.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** That the benches run and say something; never how fast: the cores are shared with other tests. */
describe('bench', function () {
  this.timeout(180_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'foyer-bench-test-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('measures the engine and its cost, in small', async () => {
    const { code, said } = await bench([
      'matchmaking',
      '--quick',
      '--only',
      'engine,cost',
      '--out',
      folder,
    ]);
    expect(code, said).to.equal(0);
    const { figures, machine } = JSON.parse(readFileSync(join(folder, 'matchmaking.json'), 'utf8'));
    expect(machine).to.include.keys('date', 'cores', 'memoryGiB', 'node', 'postgres', 'redis');
    const parts = new Set((figures as Figure[]).map(({ part }) => part));
    expect([...parts]).to.deep.equal(['engine', 'cost']);
    for (const { what, value, raw } of figures as Figure[]) {
      expect(value, what).to.be.a('number').and.satisfy(Number.isFinite);
      if (raw) expect(raw.value, what).to.satisfy(Number.isFinite);
    }
    for (const { what } of figures as Figure[]) expect(said).to.contain(what);
  });

  it('measures the relay of signals, in small, and loses none', async () => {
    const { code, said } = await bench(['signalling', '--quick', '--out', folder]);
    expect(code, said).to.equal(0);
    const { figures, notes } = JSON.parse(readFileSync(join(folder, 'signalling.json'), 'utf8'));
    const parts = new Set((figures as Figure[]).map(({ part }) => part));
    expect([...parts]).to.deep.equal(['one server', 'two servers']);
    for (const { what, value, raw } of figures as Figure[]) {
      expect(value, what).to.be.above(0);
      expect(raw?.value, what).to.be.above(0);
    }
    const ours = (notes as string[]).filter((note) => note.includes('out of order'));
    expect(ours).to.have.length(4);
    for (const note of ours) expect(note).to.contain(' 0 lost, 0 out of order, errors {}');
  });
});

async function bench(args: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, ['--import=tsx', 'bench/main.ts', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk;
    });
  }
  const [code] = await once(child, 'close');
  return { code, said };
}
