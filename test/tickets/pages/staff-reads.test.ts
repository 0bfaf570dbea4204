import { expect } from 'chai';
import type { Client } from '../../../client/create-client.ts';
import { ClientError } from '../../../client/errors.ts';
import type { Counter, Ticket } from '../../../contract/tickets.ts';
import { createDayStats } from '../../../dashboards/pages/staff/desk/day-stats.ts';
import { createDirectory } from '../../../dashboards/pages/staff/desk/directory.ts';
import { createProof } from '../../../dashboards/pages/staff/desk/proof.ts';
import { ticket } from '../../client/tickets/fixtures.ts';
import { useVirtualTime } from '../../support/virtual-time.ts';
import { counter, queue } from './staff-fixtures.ts';

const called = (n: number, more: Partial<Ticket> = {}) =>
  ticket(n, { state: 'called', counterId: '1', version: 2, ...more });
const fails = (code: string) =>
  new ClientError(code as 'ticket.stale_version', code, { status: 409 });

describe('staff: the proof that a call was seen', () => {
  const time = useVirtualTime();
  const shown = (displays: number, ownerAt: string | null = null) =>
    called(1, { shown: { displays, ownerAt } });
  let answer: () => Promise<Ticket>;
  const open = () =>
    createProof(
      () => answer(),
      () => undefined,
    );

  it('is missed after five seconds, and comes late', async () => {
    answer = async () => shown(0);
    const proof = open();
    proof.follow(called(1));
    await time.pass(4_999);
    expect(proof.isUnseen()).to.equal(false);
    await time.pass(1);
    expect(proof.isUnseen()).to.equal(true);
    answer = async () => shown(0, called(1).createdAt);
    await time.pass(5_000);
    expect(proof.isUnseen()).to.equal(false);
    proof.close();
  });

  it('is not missed when a display has it, or when the server does not answer', async () => {
    for (const given of [
      async () => shown(1),
      () => Promise.reject(fails('network.unreachable')),
    ]) {
      answer = given;
      const proof = open();
      proof.follow(called(1));
      await time.pass(20_000);
      expect(proof.isUnseen()).to.equal(false);
      proof.close();
    }
  });

  it('is waited for again after each call, and no longer once the ticket is served', async () => {
    answer = async () => shown(0);
    const proof = open();
    proof.follow(called(1, { calls: 1 }));
    await time.pass(5_000);
    proof.follow(called(1, { calls: 2, version: 3 }));
    expect(proof.isUnseen()).to.equal(false);
    await time.pass(5_000);
    expect(proof.isUnseen()).to.equal(true);
    proof.follow(called(1, { state: 'processing', version: 4 }));
    expect(proof.isUnseen()).to.equal(false);
    await time.pass(20_000);
    expect(proof.isUnseen()).to.equal(false);
    proof.close();
  });
});

describe('staff: queues, counters and stats', () => {
  it('changes a counter that somebody else has changed since it was read', async () => {
    const sent: (number | undefined)[] = [];
    let present: Counter = counter('1', { version: 4 });
    const http = {
      listQueues: async () => ({ items: [queue('1')], nextCursor: null }),
      listCounters: async () => ({ items: [present], nextCursor: null }),
      changeCounter: async ({ version, state }: Counter) => {
        sent.push(version);
        if (version !== present.version) throw fails('counter.stale_version');
        present = { ...present, state, version: version + 1 };
        return present;
      },
    } as unknown as Client['http'];
    const directory = createDirectory({ http }, () => undefined);
    await directory.read();
    present = { ...present, version: 6, name: 'Desk' };
    await directory.change('1', { state: 'paused' });
    expect(sent).to.deep.equal([4, 6]);
    expect(directory.counters()).to.deep.equal([{ ...present, name: 'Desk', state: 'paused' }]);
    directory.close();
  });

  it('reads every page of a list', async () => {
    const http = {
      listQueues: async ({ cursor }: { cursor?: string }) =>
        cursor
          ? { items: [queue('2')], nextCursor: null }
          : { items: [queue('1')], nextCursor: 'x' },
      listCounters: async () => ({ items: [], nextCursor: null }),
    } as unknown as Client['http'];
    const directory = createDirectory({ http }, () => undefined);
    await directory.read();
    expect(directory.queues()?.map(({ id }) => id)).to.deep.equal(['1', '2']);
    directory.close();
  });

  it('goes without stats when the server has none', async () => {
    const stats = createDayStats(
      async () => {
        throw fails('route.not_found');
      },
      () => undefined,
    );
    stats.follow(['1'], 0);
    await Promise.resolve();
    expect(stats.of().size).to.equal(0);
  });
});

describe('staff: the stats of the day', () => {
  const time = useVirtualTime();

  it('are read at once, soon after an event, and else every minute', async () => {
    const read: string[] = [];
    const stats = createDayStats(
      async (id) => {
        read.push(id);
        return {} as never;
      },
      () => undefined,
    );
    const during = async (seconds: number, ids: string[], seq: number) => {
      read.splice(0);
      for (let second = 0; second < seconds; second += 1) {
        stats.follow(ids, seq);
        await time.pass(1_000);
      }
      return read.join(' ');
    };
    await time.pass(100_000);
    expect(await during(5, ['1'], 7)).to.equal('1');
    expect(await during(5, ['1'], 8), 'too soon').to.equal('');
    expect(await during(5, ['1'], 8)).to.equal('1');
    expect(await during(50, ['1'], 8)).to.equal('');
    expect(await during(10, ['1'], 8), 'old').to.equal('1');
    expect(await during(2, ['1', '2'], 8), 'another queue').to.equal('1 2');
    expect([...stats.of().keys()]).to.deep.equal(['1', '2']);
    await during(1, ['2'], 8);
    expect([...stats.of().keys()]).to.deep.equal(['2']);
    expect(await during(100, [], 9)).to.equal('');
  });
});
