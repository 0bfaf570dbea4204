import { expect } from 'chai';
import { webhookEvents } from '../../../contract/webhook-events.ts';
import { dispatch } from '../../../workers/tickets/dispatch.ts';
import { notifyNear } from '../../../workers/tickets/sweeps.ts';
import { recordedContext } from '../../matchmaking/fixtures.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';

describe('tickets: events for outside systems', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });
  const want = (types: readonly string[]) => t.db('webhook_wanted').update({ types });
  beforeEach(async () => {
    await t.db.raw('truncate webhook_events cascade');
    await want(webhookEvents.map(({ type }) => type));
  });
  const rows = async () =>
    (await t.db('webhook_events').orderBy('seq')).map(({ type, subject, data }) => {
      const declared = webhookEvents.find((one) => one.type === type);
      return { type, subject, data: declared?.data.parse(JSON.parse(data)), text: data };
    });

  it('are recorded once each, with the version of the ticket and without its name', async () => {
    const [queue, other] = [await office.queue(), await office.queue()];
    const counter = await office.counter([queue.id]);
    const taken = await office.take(queue.id, { customerName: 'Ada Secret' });
    const called = (await office.callNext(counter.id, { start: true })).json;
    const moved = await office.done('transfer', called, { queueId: other.id });
    await office.done('cancel', moved, { reason: 'a private reason' });
    const seen = await rows();
    expect(seen.map(({ type }) => type)).to.deep.equal([
      ...['ticket.created', 'ticket.called', 'ticket.started'],
      ...['ticket.transferred', 'ticket.cancelled'],
    ]);
    expect(new Set(seen.map(({ subject }) => subject))).to.deep.equal(
      new Set([`ticket:${taken.id}`]),
    );
    expect(seen.map(({ data }) => (data as { version: number }).version)).to.deep.equal([
      1, 2, 3, 4, 5,
    ]);
    for (const { text } of seen) expect(text).not.to.match(/Secret|private/);
    expect(seen[3]?.data).to.have.nested.property('ticket.queueId', other.id);
  });

  it('are recorded for what processors change', async () => {
    const queue = await office.queue({ mode: 'auto' });
    await office.take(queue.id);
    await office.take(queue.id, { notifyAhead: 5 });
    await office.take(queue.id);
    const { context } = recordedContext(t, t.config());
    await dispatch({ queueId: queue.id }, context);
    await notifyNear({ queueId: queue.id }, context);
    expect((await rows()).map(({ type }) => type).slice(3)).to.deep.equal([
      ...['ticket.reserved', 'ticket.near'],
    ]);
  });

  it('are recorded only when somebody wants them, and not for a replay', async () => {
    await want(['ticket.cancelled']);
    const queue = await office.queue();
    const taken = await office.take(queue.id);
    for (let n = 0; n < 2; n += 1) {
      const reply = await office.verb('cancel', taken, {}, { key: 'once' });
      expect(reply.status).to.equal(200);
    }
    expect((await rows()).map(({ type }) => type)).to.deep.equal(['ticket.cancelled']);
  });
});
