import { expect } from 'chai';
import type { RedisClient } from '../../../db/redis.ts';
import { logsBehind, relayLog } from '../../../db/tickets/log/relay-log.ts';
import { streamOf } from '../../../db/tickets/log/stream.ts';
import { useServices } from '../../support/services.ts';
import { intercepted, stoppedAt } from './intercepted.ts';
import { addQueue, expireLease, log, positionOf, seqsOf, upTo } from './log-world.ts';

/** Where a process is killed, or freezes, in a pass of several batches. */
const STEPS = {
  'after the lease': { script: 'read', count: 1, when: 'before' },
  'before it appends': { script: 'append', count: 1, when: 'before' },
  'between the append and the move': { script: 'append', count: 1, when: 'after' },
  'after the move': { script: 'append', count: 2, when: 'before' },
} as const;

describe('the relay of a log', () => {
  const t = useServices();

  it('copies the log to the stream in order, in batches of one write each', async () => {
    const queueId = await addQueue(t.db);
    await log(t.db, queueId, 25);
    const { redis, writes } = counted(t.redis);
    expect(await relayLog({ db: t.db, redis }, queueId, { batch: 10 })).to.deep.equal({
      sent: 25,
      isBehind: false,
    });
    expect(await seqsOf(t, queueId)).to.deep.equal(upTo(25));
    expect(writes(), 'of three batches').to.equal(3);
    expect(await positionOf(t, queueId)).to.deep.equal({ seq: 25, groups: {}, isLeased: false });
    const [entry] = await t.redis.xrange(streamOf(queueId), '7-0', '7-0');
    expect(entry?.[0]).to.equal('7-0');
    const fields = entry?.[1] ?? [];
    expect([fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]]).to.deep.equal([
      ...['seq', '7', 'type', 'ticket.created', 'queueId', queueId],
    ]);
    expect(fields[6]).to.equal('at');
    expect(new Date(fields[7] ?? '').toISOString()).to.equal(fields[7]);
    expect([fields[8], JSON.parse(fields[9] ?? '')]).to.deep.equal(['ticket', { n: 7 }]);
  });

  it('sends a long log in several passes, and says that there is more', async () => {
    const queueId = await addQueue(t.db);
    await log(t.db, queueId, 25);
    const bounds = { batch: 10, batches: 2 };
    expect(await relayLog(t, queueId, bounds)).to.deep.equal({ sent: 20, isBehind: true });
    expect(await relayLog(t, queueId, bounds)).to.deep.equal({ sent: 5, isBehind: false });
    expect(await seqsOf(t, queueId)).to.deep.equal(upTo(25));
  });

  it('is only for automatic queues and those with a stream', async () => {
    const plain = await addQueue(t.db, {});
    const automatic = await addQueue(t.db, { mode: 'auto' });
    for (const id of [plain, automatic]) await log(t.db, id, 3);
    expect(await logsBehind(t))
      .to.include(automatic)
      .and.not.include(plain);
    for (const id of [plain, automatic]) await relayLog(t, id);
    expect(await t.redis.exists(streamOf(plain))).to.equal(0);
    expect(await seqsOf(t, automatic)).to.deep.equal(upTo(3));
    expect(await logsBehind(t)).to.not.include(automatic);
  });

  it('begins with what is kept when the stream is switched on later, or again', async () => {
    const queueId = await addQueue(t.db, {});
    const turn = (stream: boolean) => t.db('queues').where({ id: queueId }).update({ stream });
    await log(t.db, queueId, 4);
    await turn(true);
    await relayLog(t, queueId);
    expect(await seqsOf(t, queueId)).to.deep.equal(upTo(4));
    await turn(false);
    await log(t.db, queueId, 6);
    await relayLog(t, queueId);
    expect(await seqsOf(t, queueId)).to.deep.equal(upTo(4));
    await t.db('ticket_events').where({ queue_id: queueId }).andWhere('seq', '<', 8).delete();
    await turn(true);
    await relayLog(t, queueId);
    expect(await seqsOf(t, queueId)).to.deep.equal([...upTo(4), ...upTo(10, 8)]);
  });

  it('lets one of two relays work, and leaves nothing between them', async () => {
    const queueId = await addQueue(t.db);
    for (let round = 1; round <= 5; round += 1) {
      await log(t.db, queueId, 30);
      await Promise.all([1, 2, 3].map(() => relayLog(t, queueId, { batch: 7 })));
      expect(await seqsOf(t, queueId)).to.deep.equal(upTo(30 * round));
    }
  });

  it('relays what came while another pass had the lease', async () => {
    const queueId = await addQueue(t.db);
    await log(t.db, queueId, 3);
    const frozen = stoppedAt(t.redis, STEPS['between the append and the move']);
    const pass = relayLog({ db: t.db, redis: frozen.redis }, queueId);
    await frozen.reached();
    await log(t.db, queueId, 2);
    expect(await relayLog(t, queueId), 'leased').to.deep.equal({ sent: 0, isBehind: false });
    frozen.goOn();
    expect(await pass).to.deep.equal({ sent: 3, isBehind: true });
  });

  for (const [name, step] of Object.entries(STEPS))
    it(`skips and repeats nothing when a process is gone ${name}`, async () => {
      const queueId = await addQueue(t.db);
      await log(t.db, queueId, 5);
      await relayLog(t, queueId);
      await log(t.db, queueId, 20);
      const gone = stoppedAt(t.redis, step);
      const pass = relayLog({ db: t.db, redis: gone.redis }, queueId, { batch: 10 });
      await gone.reached();
      expect(await relayLog(t, queueId), 'its lease lives').to.include({ sent: 0 });
      await expireLease(t, queueId);
      expect(await logsBehind(t)).to.include(queueId);
      await relayLog(t, queueId, { batch: 10 });
      await log(t.db, queueId, 3);
      await relayLog(t, queueId);
      expect(await seqsOf(t, queueId)).to.deep.equal(upTo(28));
      const position = await positionOf(t, queueId);
      expect(position).to.deep.equal({ seq: 28, groups: {}, isLeased: false });
      // It was only frozen: it finds that it lost its lease, and changes nothing.
      gone.goOn();
      await pass;
      expect(await seqsOf(t, queueId)).to.deep.equal(upTo(28));
      expect(await positionOf(t, queueId)).to.deep.equal(position);
    });

  it('finds the other logs when one stream cannot be read', async () => {
    const [broken, fine] = [await addQueue(t.db), await addQueue(t.db)];
    for (const id of [broken, fine]) {
      await log(t.db, id, 2);
      await relayLog(t, id);
    }
    await t.redis.set(streamOf(broken), 'not a stream');
    await t.redis.del(streamOf(fine));
    expect(await logsBehind(t)).to.include.members([broken, fine]);
    const failure = await relayLog(t, broken).catch((error: Error) => error);
    expect(failure).to.have.property('message').that.includes('WRONGTYPE');
  });

  it('gives its lease back when Redis fails', async () => {
    const queueId = await addQueue(t.db);
    await log(t.db, queueId, 5);
    const redis = intercepted(t.redis, async (run, name) => {
      if (name === 'append') throw new Error('READONLY');
      return run();
    });
    const failure = await relayLog({ db: t.db, redis }, queueId).catch((error: Error) => error);
    expect(failure).to.have.property('message', 'READONLY');
    expect(await positionOf(t, queueId)).to.include({ seq: 0, isLeased: false });
    await relayLog(t, queueId);
    expect(await seqsOf(t, queueId)).to.deep.equal(upTo(5));
  });
});

/** A client, and how many scripts of it wrote something. */
function counted(redis: RedisClient) {
  let appended = 0;
  const client = intercepted(redis, (run, name) => {
    if (name === 'append') appended += 1;
    return run();
  });
  return { redis: client, writes: () => appended };
}
