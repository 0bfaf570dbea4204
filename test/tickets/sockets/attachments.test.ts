import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { changeCounter } from '../../../db/tickets/counters/counters.ts';
import { newId } from '../../../ids.ts';
import { createAttachments } from '../../../server/tickets/attachments.ts';
import { useServices } from '../../support/services.ts';
import { type LiveOffice, openLiveOffice } from './live-office.ts';

describe('tickets: the sockets that hold counters', () => {
  const t = useServices();
  let office: LiveOffice;
  before(async () => {
    office = await openLiveOffice(t);
  });
  after(() => office.close());

  /** Whether somebody renews a lease that is about to end. */
  async function isHeld(counterId: string): Promise<boolean> {
    await t.db.raw(
      `update counters set lease_until = clock_timestamp() + interval '1 second' where id = ?`,
      [counterId],
    );
    await pause(2_000);
    const { lease_until: until } = await t.db('counters').where({ id: counterId }).first();
    return until.getTime() > Date.now();
  }

  it('hold nothing when they are gone before their attach is done', async () => {
    const queue = await office.queue({ leaseSeconds: 5 });
    const counter = await office.counter([queue.id]);
    for (let n = 0; n < 10; n += 1) {
      const client = await office.live.client(newId(), 'staff');
      client.socket.emit('counter:attach', { counterId: counter.id });
      client.socket.disconnect();
    }
    await pause(300);
    expect(await isHeld(counter.id)).to.equal(false);
  });

  it('hold a counter that was opened and attached during a renewal', async () => {
    const queue = await office.queue({ leaseSeconds: 5 });
    const counter = await office.counter([queue.id], { state: 'paused' });
    const socket = {
      ...({ id: 'desk', namespace: '/', address: '127.0.0.1' } as const),
      isIn: () => true,
      onDisconnect: () => {},
    };
    const { client } = t.db;
    const query = client.query;
    let isAttached = false;
    const attachments = createAttachments(t);
    attachments.add(counter.id, socket);
    client.query = async function (connection: unknown, asked: { sql: string }) {
      const answer = await query.call(this, connection, asked);
      if (asked.sql.includes('with held as') && !isAttached) {
        isAttached = true;
        await changeCounter(t.db, counter.id, { version: 1, state: 'open' });
        attachments.add(counter.id, socket);
      }
      return answer;
    };
    try {
      await pause(2_000);
      expect(isAttached).to.equal(true);
      expect(await isHeld(counter.id)).to.equal(true);
    } finally {
      client.query = query;
      attachments.stop();
    }
  });
});
