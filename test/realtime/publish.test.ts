import { expect } from 'chai';
import { decodePeople, EVERYWHERE, instanceChannel } from '../../db/realtime/frames.ts';
import { createPublisher, createPush, type WhereAre } from '../../db/realtime/publish.ts';
import { toPeople } from '../../db/realtime/push.ts';
import type { RedisClient } from '../../db/redis.ts';
import { waitFor } from '../support/wait-for.ts';

interface Published {
  channel: string;
  frame: string;
}

/** What a publisher sends to Redis, counted. */
function publishing(whereAre: WhereAre, instanceId?: string) {
  const published: Published[] = [];
  const lost: unknown[] = [];
  const redis = {
    spublish: async (channel: string, frame: string) => published.push({ channel, frame }),
  } as unknown as RedisClient;
  const onLost = (error: unknown) => void lost.push(error);
  const publisher = createPublisher({
    redis,
    whereAre,
    onLost,
    ...(instanceId ? { instanceId } : {}),
  });
  return { push: createPush(publisher), published, lost };
}
const at =
  (places: Record<string, readonly string[] | 'unknown'>): WhereAre =>
  async () =>
    new Map(Object.entries(places));

describe('pushes to people on other instances', () => {
  it('are one message an instance and turn, in order, each with its own people', async () => {
    let lookUps = 0;
    const where: WhereAre = async (_redis, ids) => {
      lookUps += 1;
      expect(ids).to.have.members(['ana', 'bob', 'cem']);
      return new Map([
        ['ana', ['one']],
        ['bob', ['one', 'two']],
        ['cem', []],
      ]);
    };
    const { push, published } = publishing(where);
    for (let n = 1; n <= 50; n += 1)
      push(toPeople(['ana', 'bob', 'cem']), 'match:state', { version: n } as never);
    push(toPeople(['ana']), 'resync', {});
    await waitFor(() => published.length > 0);
    expect(published.map(({ channel }) => channel)).to.have.members([
      instanceChannel('one'),
      instanceChannel('two'),
    ]);
    expect(lookUps).to.equal(1);
    const [one, two] = ['one', 'two'].map((id) =>
      decodePeople(published.find(({ channel }) => channel === instanceChannel(id))?.frame ?? ''),
    );
    expect(one?.pushes).to.have.lengthOf(51);
    expect(one?.pushes[0]).to.deep.equal({
      people: ['ana', 'bob'],
      text: '["match:state",{"version":1}]',
    });
    expect(one?.pushes[50]).to.deep.equal({ people: ['ana'], text: '["resync",{}]' });
    expect(two?.pushes.map(({ people }) => people)).to.deep.equal(Array(50).fill(['bob']));
  });

  it('do not go to the instance that pushes', async () => {
    const { push, published } = publishing(at({ ana: ['here'], bob: ['here', 'there'] }), 'here');
    push(toPeople(['ana', 'bob']), 'resync', {});
    await waitFor(() => published.length > 0);
    expect(published.map(({ channel }) => channel)).to.deep.equal([instanceChannel('there')]);
    expect(decodePeople(published[0]?.frame ?? '').sender).to.equal('here');
  });

  it('go to every instance for people who are unknown, missing, or cannot be looked up', async () => {
    const unknown: WhereAre[] = [
      at({ ana: 'unknown' }),
      at({}),
      async () => {
        throw new Error('Redis is unavailable');
      },
    ];
    for (const where of unknown) {
      const { push, published } = publishing(where);
      push(toPeople(['ana']), 'resync', {});
      await waitFor(() => published.length > 0);
      expect(published.map(({ channel }) => channel)).to.deep.equal([EVERYWHERE]);
    }
  });

  it('keep the order of a person although an older look-up is slow', async () => {
    const answers: (() => void)[] = [];
    const { push, published } = publishing(
      () => new Promise((resolve) => answers.push(() => resolve(new Map([['ana', ['one']]])))),
    );
    push(toPeople(['ana']), 'match:state', { version: 1 } as never);
    await waitFor(() => answers.length === 1);
    push(toPeople(['ana']), 'match:state', { version: 2 } as never);
    for (const answer of answers.splice(0)) answer();
    await waitFor(() => answers.length === 1);
    answers[0]?.();
    await waitFor(() => published.length === 2);
    expect(published.map(({ frame }) => decodePeople(frame).pushes[0]?.text)).to.deep.equal([
      '["match:state",{"version":1}]',
      '["match:state",{"version":2}]',
    ]);
  });
});
