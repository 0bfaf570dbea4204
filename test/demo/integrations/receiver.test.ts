import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { emptyHistory, type WebhookHistory } from '../../../cli/demo/integrations/history.ts';
import { type Receiver, startReceiver } from '../../../cli/demo/integrations/receiver.ts';
import { staffToken } from '../../../cli/demo/staff-token.ts';
import { newId } from '../../../ids.ts';

describe('demo: the receiver of webhooks', () => {
  let history: WebhookHistory;
  let receiver: Receiver;
  beforeEach(async () => {
    history = emptyHistory();
    receiver = await startReceiver(history);
  });
  afterEach(() => receiver.close());

  const body = (data: object, type = 'session.completed') =>
    JSON.stringify({ type, timestamp: new Date().toISOString(), data });
  const session = { id: newId(), version: 7, state: 'completed' };

  /** What the library of Standard Webhooks sends, changed in one place. */
  async function send(
    text: string,
    { secret = receiver.secret, at = new Date(), sent = text, without = '' } = {},
  ): Promise<number> {
    const headers: Record<string, string> = {
      'webhook-id': 'event-1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': `v1,AAAA ${new Webhook(secret).sign('event-1', at, text)}`,
    };
    delete headers[without];
    const response = await fetch(receiver.url, { method: 'POST', headers, body: sent });
    await response.arrayBuffer();
    return response.status;
  }

  it('records what is signed', async () => {
    expect(await send(body(session))).to.equal(204);
    const feedback = { sessionId: session.id, rating: 5 };
    expect(await send(body(feedback, 'session.feedback'))).to.equal(204);
    const seen = history.arrivals.map(({ type, sessionId, version }) => [type, sessionId, version]);
    expect(seen).to.deep.equal([
      ['session.completed', session.id, 7],
      ['session.feedback', session.id, null],
    ]);
    expect(history.refusals).to.deep.equal([]);
  });

  it('refuses everything else and says why', async () => {
    const text = body(session);
    const other = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    const statuses = [
      await send(text, { secret: other }),
      await send(text, { sent: body({ ...session, version: 8 }) }),
      await send(text, { at: new Date(Date.now() - 400_000) }),
      await send(text, { at: new Date(Date.now() + 400_000) }),
      await send(text, { without: 'webhook-signature' }),
      await send('{"type":'),
      await send(body({ id: 'no id' })),
    ];
    expect(statuses).to.deep.equal(Array(7).fill(400));
    expect(history.arrivals).to.deep.equal([]);
    expect(history.refusals).to.deep.equal([
      ...Array(2).fill('no signature fits this body and secret'),
      ...Array(2).fill('the timestamp is too old or too new'),
      'a header is missing',
      ...Array(2).fill('the body is not an event of a session'),
    ]);
  });

  it('has an address that nobody finds by chance', async () => {
    const response = await fetch(new URL('/', receiver.url), { method: 'POST', body: '{}' });
    expect(response.status).to.equal(404);
    expect(history).to.deep.equal(emptyHistory());
  });

  it('waits until everything has arrived', async () => {
    const done = receiver.wait(() => history.arrivals.length === 2, { idleMs: 1e6, mostMs: 1e6 });
    await send(body(session));
    await send(body(session));
    await done;
  });

  it('waits no longer than for silence', async () => {
    await receiver.wait(() => false, { idleMs: 1, mostMs: 1e6 });
    await receiver.wait(() => false, { idleMs: 1e6, mostMs: 1 });
  });
});

describe('demo: the right to subscribe', () => {
  it('is asked for no server of another machine', async () => {
    for (const url of ['https://foyer.example', 'http://10.0.0.1:8080', 'http://127.0.0.1.nip.io'])
      expect(await staffToken(url, 60)).to.equal(null);
  });
});
