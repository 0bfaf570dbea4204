import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { useFleet } from '../support/fleet.ts';
import { type Answer, connect, type Person, pair } from '../support/person.ts';
import { waitFor } from '../support/wait-for.ts';

const SOCKETS = 20;
const EVERY_MS = 20;
const ASKED = 40;
/** Far more than a busy machine adds; an instance that is starved answers after a second, or not. */
const SLOWER = 10;
const FLOOR_MS = 100;

describe('fleet: one person floods an instance', () => {
  const fleet = useFleet({
    servers: 1,
    workers: 1,
    env: { RATE_LIMITS: 'on', CONNECTION_BURST: '200', CONNECTION_RATE: '200' },
  });
  const people: Person[] = [];
  afterEach(() => {
    for (const person of people.splice(0)) person.close();
  });
  const url = () => fleet.servers[0]?.url ?? '';
  const meet = (person: Person) => {
    people.push(person);
    return person;
  };

  async function medianOf(person: Person): Promise<number> {
    const times: number[] = [];
    for (let n = 0; n < ASKED; n += 1) {
      const began = performance.now();
      const { ok, error } = await person.emit('match:status');
      expect(ok, error?.code).to.equal(true);
      times.push(performance.now() - began);
    }
    return times.sort((a, b) => a - b)[ASKED / 2] ?? 0;
  }

  it('is limited over all of their sockets, and a stranger is answered as before', async () => {
    const stranger = meet(await connect(url()));
    const first = meet(await connect(url()));
    const others = Array.from({ length: SOCKETS - 1 }, () => connect(url(), first.tokens));
    const flooding = [first, ...(await Promise.all(others)).map(meet)];
    const quiet = await medianOf(stranger);

    const codes = new Map<string, number>();
    const count = ({ error }: Answer) => {
      const code = error?.code ?? 'ok';
      codes.set(code, (codes.get(code) ?? 0) + 1);
    };
    const timer = setInterval(() => {
      for (const { emit } of flooding) emit('match:leave').then(count, () => {});
    }, EVERY_MS);
    try {
      await waitFor(() => codes.has('rate.limited'), { what: 'the limit' });
      const flooded = await medianOf(stranger);
      expect(flooded).to.be.below(Math.max(quiet * SLOWER, FLOOR_MS));
    } finally {
      clearInterval(timer);
    }
    expect([...codes.keys()].sort()).to.deep.equal(['ok', 'rate.limited']);
    expect(codes.get('rate.limited')).to.be.greaterThan(codes.get('ok') ?? 0);
  });

  it('with session:resume, and does not read: it costs megabytes, not the machine’s memory', async () => {
    const { ana, bob, session } = await pair(url(), url(), 'flood');
    for (const person of [ana, bob]) meet(person);
    const sessionId = session.id;
    for (let n = 0; n < 14; n += 1) {
      const candidate = { candidate: `${n} ${'x'.repeat(60_000)}` };
      expect((await bob.emit('session:signal', { sessionId, candidate })).ok).to.equal(true);
    }
    ana.socket.io.reconnection(false);
    const before = residentMegabytes();
    (ana.socket.io.engine as unknown as { transport: Raw }).transport.ws.pause();
    await waitFor(
      async () => {
        ana.emit('session:resume', { sessionId, afterSeq: 0 }).catch(() => {});
        await pause(EVERY_MS);
        const text = await (await fetch(`${url()}/metrics`)).text();
        return /foyer_sockets_cut_total\{reason="behind"\} 1/.test(text);
      },
      { timeoutMs: 30_000, what: 'the cut' },
    );
    expect(residentMegabytes() - before).to.be.below(200);
    expect((await bob.emit('match:status')).ok).to.equal(true);
  });

  interface Raw {
    ws: { pause(): void };
  }
  function residentMegabytes(): number {
    const status = readFileSync(`/proc/${fleet.servers[0]?.process.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }
});
