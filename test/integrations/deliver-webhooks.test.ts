import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { finishDeliveries } from '../../db/integrations/finish-deliveries.ts';
import { type LeasedDelivery, leaseDeliveries } from '../../db/integrations/lease-deliveries.ts';
import { resealSecrets } from '../../db/integrations/limits.ts';
import { secretContext } from '../../db/integrations/subscription-row.ts';
import { changeSubscription, findSubscription } from '../../db/integrations/subscriptions.ts';
import { createSealer } from '../../db/sealer.ts';
import { newId } from '../../ids.ts';
import { createPostToOutside } from '../../workers/integrations/outside-request.ts';
import { waitFor } from '../support/wait-for.ts';
import { event, HOST, leaseAndDie, SECRET, useWebhooks } from './webhook-world.ts';

describe('integrations: delivering webhooks', () => {
  const world = useWebhooks();
  const versions = (path = '/') =>
    world.receiver.received.filter((one) => one.path === path).map(({ data }) => data['version']);

  it('signs what it sends as Standard Webhooks asks', async () => {
    const id = await world.subscribe();
    await world.record(event('session:a', 1));
    await world.pass();
    const [one] = world.receiver.received;
    const payload = new Webhook(SECRET).verify(one?.body ?? '', one?.headers ?? {});
    expect(payload).to.have.keys('type', 'timestamp', 'data');
    expect(payload).to.deep.include({
      type: 'session.created',
      data: { subject: 'session:a', version: 1 },
    });
    const [delivery] = await world.deliveries(id);
    expect(one?.headers['webhook-id']).to.equal(delivery?.['event_id']);
    expect(delivery).to.include({ state: 'delivered', attempts: 1, last_status: 204 });
    const other = new Webhook(`whsec_${Buffer.alloc(32, 8).toString('base64')}`);
    expect(() => other.verify(one?.body ?? '', one?.headers ?? {})).to.throw();
  });

  it('signs with both secrets for a day after a rotation', async () => {
    const id = await world.subscribe();
    const next = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    const sealed = world.context.sealer.seal(next, secretContext(id));
    await changeSubscription(world.t.db, id, { secret: sealed }, world.staffId);
    const verifies = async (version: number) => {
      await world.record(event('session:a', version));
      await world.pass();
      const one = world.receiver.received.at(-1);
      return [SECRET, next].map((secret) => {
        try {
          return Boolean(new Webhook(secret).verify(one?.body ?? '', one?.headers ?? {}));
        } catch {
          return false;
        }
      });
    };
    expect(await verifies(1)).to.deep.equal([true, true]);
    await world.t.db('webhook_subscriptions').update({ old_secret_until: world.t.db.fn.now() });
    expect(await verifies(2)).to.deep.equal([false, true]);
  });

  it('counts a secret that no key opens as a failure, and sends nothing unsigned', async () => {
    const id = await world.subscribe();
    const other = createSealer([Buffer.alloc(32, 9)]);
    await world.t.db('webhook_subscriptions').update({
      old_secret: world.t.db.ref('secret'),
      old_secret_until: world.t.db.raw("now() + interval '1 day'"),
      secret: other.seal(SECRET, secretContext(id)),
    });
    await world.record(event('session:a', 1));
    await world.pass();
    expect(world.receiver.received).to.deep.equal([]);
    expect((await world.deliveries(id))[0]).to.include({
      ...{ state: 'pending', attempts: 1 },
      last_error: 'the secret cannot be decrypted: set another one',
    });
    expect(await resealSecrets(world.t.db, world.context.sealer)).to.equal(0);
    const sealed = world.context.sealer.seal(SECRET, secretContext(id));
    await changeSubscription(world.t.db, id, { secret: sealed }, world.staffId);
    await world.forward(10);
    await world.deliver();
    const [one] = world.receiver.received;
    new Webhook(SECRET).verify(one?.body ?? '', one?.headers ?? {});
  });

  it('retries after 5 s, and lets later deliveries of the subject pass after the second failure', async () => {
    const id = await world.subscribe();
    world.receiver.answerWith(({ data }) => (data['version'] === 1 ? 500 : 204));
    await world.record(event('session:a', 1), event('session:a', 2), event('session:b', 7));
    await world.pass();
    expect(versions(), 'only the other subject goes on').to.have.members([1, 7]);
    await world.forward(4);
    await world.deliver();
    expect(versions(), 'five seconds are not over').to.have.length(2);
    await world.forward(2);
    await world.deliver();
    expect(versions().slice(2), 'after the second failure').to.deep.equal([1, 2]);
    const [first, second] = await world.deliveries(id);
    expect(first).to.include({ state: 'pending', attempts: 2, last_error: 'status 500' });
    expect(second).to.include({ state: 'delivered' });
    world.receiver.answerWith(() => 204);
    await world.forward(340);
    await world.deliver();
    expect((await world.deliveries(id))[0]).to.include({ state: 'delivered', attempts: 3 });
  });

  it('gives up after ten attempts over three days', async () => {
    const id = await world.subscribe();
    world.receiver.answerWith(() => 503);
    await world.record(event('session:a', 1));
    await world.fanOut();
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      await world.deliver();
      expect((await world.deliveries(id))[0]).to.include({ attempts: attempt });
      await world.forward(2 * 24 * 3600);
    }
    expect((await world.deliveries(id))[0]).to.include({ state: 'dead', next_attempt_at: null });
    await world.deliver();
    expect(world.receiver.received).to.have.length(10);
  });

  it('counts silence, a broken connection and a redirect as failures, and follows no redirect', async () => {
    const id = await world.subscribe();
    const errors: Record<string, string> = {};
    const answers: Record<string, (res: ServerResponse) => void> = {
      silent: () => {},
      broken: (res) => void res.destroy(),
      redirect: (res) => {
        res.writeHead(302, { location: world.receiver.url('/private') }).end();
      },
    };
    for (const [name, answer] of Object.entries(answers)) {
      world.receiver.answerWith(() => answer);
      await world.record(event(`session:${name}`, 1));
      await world.pass();
      errors[name] = String((await world.deliveries(id)).at(-1)?.['last_error']);
    }
    expect(errors).to.deep.equal({
      silent: 'no answer within 0.4 s',
      broken: 'ECONNRESET',
      redirect: 'redirects are not followed',
    });
    expect(versions('/private')).to.deep.equal([]);
  });

  it('counts an answer whose body never ends as delivered', async () => {
    const id = await world.subscribe();
    world.receiver.answerWith(() => (res) => {
      res.writeHead(200);
      const write = () => res.write('x'.repeat(16 * 1024), () => !res.destroyed && write());
      write();
    });
    await world.record(event('session:a', 1));
    await world.pass();
    expect((await world.deliveries(id))[0]).to.include({ state: 'delivered', last_status: 200 });
    await waitFor(() => world.receiver.waiting() === 0, { what: 'the connection to be closed' });
  });

  it('disables a subscription that answers 410', async () => {
    const id = await world.subscribe();
    world.receiver.answerWith(() => 410);
    await world.record(event('session:a', 1), event('session:b', 1));
    await world.pass();
    const { state, disabled_reason } = await findSubscription(world.t.db, id);
    expect({ state, disabled_reason }).to.deep.equal({
      state: 'disabled',
      disabled_reason: 'gone',
    });
    await world.record(event('session:c', 1));
    const seen = world.receiver.received.length;
    await world.forward(60);
    await world.pass();
    expect(world.receiver.received).to.have.length(seen);
  });

  it('keeps at most four requests to a host in flight, over all processes', async () => {
    for (const path of ['/a', '/b']) await world.subscribe({ path });
    const open: (() => void)[] = [];
    world.receiver.answerWith(() => (res) => void open.push(() => res.writeHead(204).end()));
    await world.record(...Array.from({ length: 12 }, (_, n) => event(`session:${n}`, 1)));
    await world.fanOut();
    const patient = createPostToOutside({ allowPrivate: true });
    world.context.postToOutside = patient;
    try {
      const sending = [world.deliver(), world.deliver(), world.deliver()];
      await waitFor(() => open.length === 4, { what: 'four requests' });
      expect(await leaseDeliveries(world.t.db, HOST, newId()), 'a fifth').to.deep.equal([]);
      expect(new Set(world.receiver.received.map(({ path }) => path)), 'in turns').to.have.length(
        2,
      );
      world.receiver.answerWith(() => 204);
      for (const answer of open) answer();
      await Promise.all(sending);
    } finally {
      patient.close();
    }
    expect(world.receiver.received).to.have.length(24);
    expect(world.receiver.most()).to.equal(4);
  });

  it('sends again what a dead process had leased, and ignores its late outcome', async () => {
    const id = await world.subscribe();
    await world.record(event('session:a', 1), event('session:a', 2));
    await world.fanOut();
    const [dead] = await leaseAndDie(world);
    await world.deliver();
    expect(versions(), 'it is in flight, and the next one waits for it').to.deep.equal([]);
    await world.forward(21);
    await world.deliver();
    expect(versions()).to.deep.equal([1, 2]);
    const late = await finishLate(dead);
    expect(late).to.deep.equal([]);
    expect((await world.deliveries(id)).map(({ state }) => state)).to.deep.equal([
      'delivered',
      'delivered',
    ]);
  });

  it('takes the outcome of a delivery only from the sender that has its lease now', async () => {
    const id = await world.subscribe();
    await world.record(event('session:a', 1));
    await world.fanOut();
    const [frozen] = await leaseAndDie(world);
    await world.forward(21);
    const [present] = await leaseAndDie(world);
    expect(await finishLate(frozen), 'the outcome of the first sender').to.deep.equal([]);
    expect((await world.deliveries(id))[0]).to.include({ attempts: 0, lease: present?.lease });
    expect(await finishLate(present), 'that of the second one').to.deep.equal([present?.id]);
  });

  const finishLate = (delivery: LeasedDelivery | undefined) => {
    if (!delivery) throw new Error('nothing was leased');
    const outcome = { kind: 'failed', status: 500, error: 'late' } as const;
    return finishDeliveries(world.t.db, [{ delivery, outcome }]);
  };
});
