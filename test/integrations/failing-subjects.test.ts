import { expect } from 'chai';
import { event, useWebhooks } from './webhook-world.ts';

describe('integrations: many subjects that fail', () => {
  const world = useWebhooks();
  const subjects = Array.from({ length: 70 }, (_, n) => `session:${n}`);
  const sent = () =>
    world.receiver.received.map(({ data }) => `${data['subject']} ${data['version']}`);

  it('keep no other subject waiting, and their own deliveries in order', async () => {
    const id = await world.subscribe();
    world.receiver.answerWith(({ data }) => (data['version'] === 1 ? 500 : 204));
    await world.record(
      ...subjects.flatMap((subject) => [1, 2, 3, 4, 5].map((version) => event(subject, version))),
    );
    await world.pass();
    expect(sent()).to.have.members(subjects.map((subject) => `${subject} 1`));
    world.receiver.received.length = 0;
    await world.record(event('session:other', 9));
    await world.pass();
    expect(sent(), 'behind 280 that wait').to.deep.equal(['session:other 9']);
    world.receiver.answerWith(() => 204);
    await world.forward(10);
    await world.deliver();
    for (const subject of subjects) {
      const own = world.receiver.received.filter(({ data }) => data['subject'] === subject);
      expect(own.map(({ data }) => data['version'])).to.deep.equal([1, 2, 3, 4, 5]);
    }
    const states = (await world.deliveries(id)).map(({ state }) => state);
    expect(new Set(states)).to.deep.equal(new Set(['delivered']));
  });
});
