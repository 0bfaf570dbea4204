import { expect } from 'chai';
import type { PushName } from '../../../contract/catalogue.ts';
import { signalLog } from '../../../db/matchmaking/signalling/signals.ts';
import type { RedisClient } from '../../../db/redis.ts';
import { newId } from '../../../ids.ts';
import { createRelay } from '../../../server/matchmaking/signalling/relay.ts';
import { useServices } from '../../support/services.ts';

describe('the relay of signals', () => {
  const services = useServices();
  const [ana, bob] = [newId(), newId()];

  /** Over a real Redis; PostgreSQL is replaced by the values given here. */
  function relaying({ redis = services.redis, state = 'matched' } = {}) {
    const sessionId = newId();
    const session = { id: sessionId, state, userIds: [ana, bob], nowSeconds: 0 };
    const seen = { reads: 0, steps: 0, pushed: [] as [string, PushName, string][] };
    const matchmaking = {
      step: async ({ command }: { command: { kind: string; userId: string } }) => {
        expect(command).to.deep.equal({ kind: 'signal', userId: ana });
        seen.steps += 1;
        session.state = 'connecting';
      },
    };
    const relay = createRelay(
      {
        redis,
        push: (to, event, payload) =>
          seen.pushed.push([
            'people' in to ? to.people.join() : to.room.name,
            event,
            JSON.stringify((payload as never)['candidate']),
          ]),
      },
      matchmaking as never,
      async () => {
        seen.reads += 1;
        return { ...session } as never;
      },
    );
    const send = (text: string) =>
      relay({ sessionId, userId: ana, signal: { candidate: { candidate: text } }, requestId: 'r' });
    return { send, seen, sessionId };
  }

  it('takes the step with the first alone, and reads once for what comes meanwhile', async () => {
    const { send, seen } = relaying();
    const texts = Array.from({ length: 17 }, (_, at) => String(at));
    const seqs = await Promise.all(texts.map(send));
    expect(seqs).to.deep.equal(texts.map((_, at) => (seqs[0] ?? 0) + at));
    expect(seen.steps).to.equal(1);
    expect(seen.reads, 'the first, and the sixteen behind it').to.equal(2);
    expect(seen.pushed).to.deep.equal(
      texts.map((text) => [bob, 'session:signal', `{"candidate":"${text}"}`]),
    );
  });

  it('takes no step and sends no push when Redis does not answer', async () => {
    const frozen = {
      status: 'ready',
      ping: async () => {
        throw new Error('Command timed out');
      },
    };
    const away = { status: 'reconnecting' };
    for (const redis of [frozen, away]) {
      const { send, seen } = relaying({ redis: redis as unknown as RedisClient });
      const outcomes = await Promise.allSettled([send('a'), send('b')]);
      expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
      expect(seen.steps).to.equal(0);
      expect(seen.pushed).to.deep.equal([]);
    }
  });

  it('appends nothing that the step refuses', async () => {
    const { sessionId } = relaying();
    const refused = createRelay(
      { redis: services.redis, push: () => expect.fail('pushed') },
      { step: () => Promise.reject(new Error('refused')) } as never,
      async () => ({ state: 'matched', userIds: [ana, bob] }) as never,
    );
    const sent = { sessionId, userId: ana, signal: { candidate: null }, requestId: 'r' };
    const outcome = await refused(sent).catch((error) => error.message);
    expect(outcome).to.equal('refused');
    expect(await services.redis.exists(...signalLog.keys(sessionId))).to.equal(0);
  });
});
