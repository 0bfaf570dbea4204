import { expect } from 'chai';
import { redeliverCommand } from '../../db/integrations/redeliver.ts';
import { changeSubscription, findSubscription } from '../../db/integrations/subscriptions.ts';
import { runCommand } from '../../db/write/run-command.ts';
import { createPostToOutside } from '../../workers/integrations/outside-request.ts';
import { waitFor } from '../support/wait-for.ts';
import { event, useWebhooks } from './webhook-world.ts';

describe('integrations: changes while a request is in flight', () => {
  const world = useWebhooks();

  /** Answers the first request with this status after `change`, and every later one with 204. */
  async function during(status: number, change: () => Promise<unknown>): Promise<void> {
    let answer: (() => void) | undefined;
    world.receiver.answerWith(() => {
      if (answer) return 204;
      return (res) => {
        answer = () => void res.writeHead(status).end();
      };
    });
    const patient = createPostToOutside({ allowPrivate: true });
    world.context.postToOutside = patient;
    try {
      const sending = world.pass();
      await waitFor(() => answer !== undefined, { what: 'a request' });
      await change();
      answer?.();
      await sending;
    } finally {
      patient.close();
    }
  }

  const redeliver = async (subscriptionId: string) => {
    const [delivery] = await world.deliveries(subscriptionId);
    return runCommand(
      { subscriptionId, deliveryId: String(delivery?.['id']), actorId: world.staffId },
      {
        ...{ db: world.t.db, command: redeliverCommand, requestId: 'test' },
        render: (outcome) => ({ status: 'ok' in outcome ? 202 : 409, text: null }),
      },
    );
  };

  for (const status of [500, 204])
    it(`sends a delivery again that was asked for while its request was answered with ${status}`, async () => {
      const id = await world.subscribe();
      await world.record(event('session:a', 1));
      await during(status, async () => {
        expect((await redeliver(id)).status).to.equal(202);
      });
      expect(world.receiver.received, 'at once').to.have.length(2);
      expect((await world.deliveries(id))[0]).to.include({ state: 'delivered', attempts: 2 });
    });

  it('leaves a delivery what it was when the last of several resent requests fails', async () => {
    const id = await world.subscribe();
    await world.record(event('session:a', 1));
    await world.pass();
    await redeliver(id);
    await during(500, () => redeliver(id));
    world.receiver.answerWith(() => 500);
    await redeliver(id);
    await world.deliver();
    expect(world.receiver.received).to.have.length(4);
    expect((await world.deliveries(id))[0]).to.include({
      ...{ state: 'delivered', attempts: 4, next_attempt_at: null, resent_from: null },
    });
  });

  it('does not disable a subscription because the URL that it had before is gone', async () => {
    const id = await world.subscribe({ path: '/old' });
    await world.record(event('session:a', 1));
    const url = world.receiver.url('/new');
    await during(410, () => changeSubscription(world.t.db, id, { url }, world.staffId));
    expect(await findSubscription(world.t.db, id)).to.include({ url, state: 'active' });
    await world.forward(10);
    await world.deliver();
    expect(world.receiver.received.map(({ path }) => path)).to.deep.equal(['/old', '/new']);
    expect((await world.deliveries(id))[0]).to.include({ state: 'delivered', attempts: 2 });
  });
});
