import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { findSubjects } from '../bench/find-subjects.ts';
import type { Measurement } from '../bench/measure/measurements.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** That the benches run and say something; never how fast: the cores are shared with other tests. */
describe('bench', function () {
  this.timeout(180_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'foyer-bench-test-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('finds its subjects by folder, and names none itself', () => {
    const names = findSubjects();
    expect(names).to.include.members(['matchmaking', 'signalling']);
    for (const file of readdirSync(join(root, 'bench')).filter((name) => name.endsWith('.ts'))) {
      const text = readFileSync(join(root, 'bench', file), 'utf8');
      expect(
        names.filter((name) => text.includes(name)),
        file,
      ).to.deep.equal([]);
    }
  });

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
    const { measurements, machine } = JSON.parse(
      readFileSync(join(folder, 'matchmaking.json'), 'utf8'),
    );
    expect(machine).to.include.keys('date', 'cores', 'memoryGiB', 'node', 'postgres', 'redis');
    const parts = new Set((measurements as Measurement[]).map(({ part }) => part));
    expect([...parts]).to.deep.equal(['engine', 'cost']);
    for (const { what, value, raw } of measurements as Measurement[]) {
      expect(value, what).to.be.a('number').and.satisfy(Number.isFinite);
      if (raw) expect(raw.value, what).to.satisfy(Number.isFinite);
    }
    for (const { what } of measurements as Measurement[]) expect(said).to.contain(what);
    expect(said).to.contain('CPU a match');
  });

  it('measures tickets, in small, and misses no board', async () => {
    const { code, said } = await bench(['tickets', '--quick', '--out', folder]);
    expect(code, said).to.equal(0);
    const { measurements } = JSON.parse(readFileSync(join(folder, 'tickets.json'), 'utf8'));
    const parts = new Set((measurements as Measurement[]).map(({ part }) => part));
    expect([...parts]).to.deep.equal(['engine', 'http', 'board']);
    for (const { what, value, unit } of measurements as Measurement[]) {
      // So short a run need not cost a tick of the CPU clock.
      const least = unit === 'µs' ? 0 : Number.MIN_VALUE;
      expect(value, what).to.be.at.least(least);
    }
  });

  it('measures the relay of signals, in small, and loses none', async () => {
    const { code, said } = await bench(['signalling', '--quick', '--out', folder]);
    expect(code, said).to.equal(0);
    const { measurements, notes } = JSON.parse(
      readFileSync(join(folder, 'signalling.json'), 'utf8'),
    );
    const parts = new Set((measurements as Measurement[]).map(({ part }) => part));
    expect([...parts]).to.deep.equal(['one server', 'two servers']);
    for (const { what, value, raw, unit } of measurements as Measurement[]) {
      // So short a run need not cost a tick of the CPU clock.
      const least = unit === 'µs' ? 0 : Number.MIN_VALUE;
      expect(value, what).to.be.at.least(least);
      expect(raw?.value, what).to.be.at.least(least);
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
