import { expect } from 'chai';
import { createClient } from '../../client/create-client.ts';
import type { Counter, Ticket } from '../../contract/tickets.ts';
import { mintAccessToken } from '../../db/accounts/sign-in/access-token.ts';
import { insert } from '../../db/accounts/users.ts';
import { FLEET_SECRET, useFleet } from '../support/fleet.ts';
import { waitFor } from '../support/wait-for.ts';

describe('fleet: a server dies with counters attached', () => {
  const fleet = useFleet({ servers: 2, workers: 1 });

  /** A client of the staff on one server. */
  async function staffAt(url: string) {
    const user = await insert(fleet.services.db, { displayName: 'Clerk', role: 'staff' });
    const claims = {
      userId: user.id,
      role: 'staff',
      version: user.version,
      familyId: null,
    } as const;
    const accessToken = await mintAccessToken({ authSecrets: [FLEET_SECRET] }, claims);
    const tokens = { accessToken, refreshToken: null, expiresAt: null, user: null };
    return createClient({ baseUrl: url, tokens });
  }

  it('gives their tickets back, each to its place, and another counter goes on', async () => {
    const [first, second] = fleet.servers;
    const [here, there] = [await staffAt(first?.url ?? ''), await staffAt(second?.url ?? '')];
    try {
      await here.connect();
      const queue = await there.http.createQueue({
        slug: 'leases',
        name: 'Leases',
        leaseSeconds: 5,
      });
      const lost: Counter[] = [];
      for (const name of ['Called', 'Processing', 'Held']) {
        const counter = await there.http.createCounter({ name, queueIds: [queue.id] });
        lost.push(await here.emit('counter:attach', { counterId: counter.id }));
      }
      const tickets: Ticket[] = [];
      for (const _ of lost) tickets.push(await there.http.createTicket({ id: queue.id }));
      const [called, processing, held] = await Promise.all(
        lost.map(async ({ id }, at) => there.http.callNext({ id, start: at > 0 })),
      );
      if (!called || !processing || !held) throw new Error('nobody was called');
      await there.http.holdTicket({ id: held.id, version: held.version });

      // Longer than a lease: the socket holds the counters.
      const leaseOf = async (id = '') =>
        (await there.http.listCounters()).items.find((one) => one.id === id);
      const before = (await leaseOf(lost[0]?.id))?.leaseUntil ?? '';
      await waitFor(async () => ((await leaseOf(lost[0]?.id))?.leaseUntil ?? '') > before, {
        timeoutMs: 10_000,
        what: 'a renewed lease',
      });
      await first?.kill();

      const read = (id: string) => there.http.readTicket({ id });
      const back = await waitFor(
        async () => {
          const ticket = await read(called.id);
          return ticket.state === 'waiting' && ticket;
        },
        { timeoutMs: 30_000, what: 'the called ticket back in its queue' },
      );
      expect(back).to.include({ counterId: null, position: 0 });
      await waitFor(async () => (await read(processing.id)).state === 'waiting', {
        timeoutMs: 30_000,
        what: 'the processing ticket back in its queue, after its grace',
      });
      expect(await read(held.id)).to.include({ state: 'held' });
      const types = (await there.http.readTicketHistory({ id: processing.id })).items.map(
        ({ type }) => type,
      );
      expect(types.slice(-2)).to.deep.equal(['ticket.counter_lost', 'ticket.returned']);
      const { items } = await there.http.listCounters();
      expect(items.map(({ state, pauseReason }) => `${state}: ${pauseReason}`)).to.deep.equal(
        Array(3).fill('paused: connection lost'),
      );

      const fresh = await there.http.createCounter({ name: 'Fresh', queueIds: [queue.id] });
      const next = await there.http.callNext({ id: fresh.id });
      expect(next).to.include({
        id: [called, processing].map(({ id }) => id).sort((a, b) => Number(a) - Number(b))[0],
      });
    } finally {
      here.close();
      there.close();
    }
  });
});
