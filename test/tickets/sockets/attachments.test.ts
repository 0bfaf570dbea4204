import { expect } from 'chai';
import { changeCounter } from '../../../db/tickets/counters/counters.ts';
import type { CommandSocket } from '../../../server/gateway/mount.ts';
import { createAttachments } from '../../../server/tickets/attachments.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';

describe('tickets: the sockets that hold counters', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });

  const socketOf = (onDisconnect: CommandSocket['onDisconnect']): CommandSocket => ({
    ...({ id: 'desk', namespace: '/', address: '127.0.0.1' } as const),
    isIn: () => true,
    onDisconnect,
  });
  const leaseOf = async (id: string): Promise<Date> =>
    (await t.db('counters').where({ id }).first()).lease_until;

  it('hold nothing when they are gone before their attach is done', async () => {
    const attachments = createAttachments(t);
    attachments.add(
      '1',
      socketOf((work) => work()),
    );
    expect(attachments.held()).to.deep.equal([]);
    attachments.stop();
  });

  it('hold a counter that was opened and attached during a renewal', async () => {
    const queue = await office.queue({ leaseSeconds: 5 });
    const counter = await office.counter([queue.id], { state: 'paused' });
    const attachments = createAttachments(t);
    const socket = socketOf(() => {});
    const { client } = t.db;
    const query = client.query;
    let isAttached = false;
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
      await attachments.renew();
      expect(isAttached).to.equal(true);
      expect(attachments.held()).to.deep.equal([counter.id]);
      const before = await leaseOf(counter.id);
      await attachments.renew();
      expect(await leaseOf(counter.id)).to.be.greaterThan(before);
    } finally {
      client.query = query;
      attachments.stop();
    }
  });

  it('let go of a counter that was paused', async () => {
    const queue = await office.queue();
    const counter = await office.counter([queue.id]);
    const attachments = createAttachments(t);
    attachments.add(
      counter.id,
      socketOf(() => {}),
    );
    await attachments.renew();
    expect(attachments.held()).to.deep.equal([counter.id]);
    await changeCounter(t.db, counter.id, { version: 1, state: 'paused' });
    await attachments.renew();
    expect(attachments.held()).to.deep.equal([]);
    attachments.stop();
  });
});
