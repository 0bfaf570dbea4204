import { expect } from 'chai';
import { logsBehind, relayLog } from '../../../db/tickets/log/relay-log.ts';
import { STREAM_ENTRIES, streamOf } from '../../../db/tickets/log/stream.ts';
import { useServices } from '../../support/services.ts';
import { stoppedAt } from './intercepted.ts';
import { addQueue, expireLease, log, positionOf, seqsOf, upTo } from './log-world.ts';

describe('a stream that Redis has lost', () => {
  const t = useServices();

  async function relayed(count: number): Promise<string> {
    const queueId = await addQueue(t.db);
    await log(t.db, queueId, count);
    await relayLog(t, queueId);
    return queueId;
  }
  /** Take that many entries as a worker of a group, and acknowledge them if told so. */
  async function take(queueId: string, group: string, count: number, ack: boolean) {
    const key = streamOf(queueId);
    const answer = (await t.redis.xreadgroup(
      ...(['GROUP', group, 'one', 'COUNT', count, 'STREAMS', key, '>'] as const),
    )) as [string, [string, string[]][]][] | null;
    const ids = answer?.[0]?.[1].map(([id]) => id) ?? [];
    if (ack && ids.length > 0) await t.redis.xack(key, group, ...ids);
    return ids.map((id) => Number(id.split('-')[0]));
  }
  const addGroup = (queueId: string, group: string, from = '0') =>
    t.redis.xgroup('CREATE', streamOf(queueId), group, from, 'MKSTREAM');

  it('is found, and gets its entries and its groups again', async () => {
    const queueId = await relayed(20);
    await addGroup(queueId, 'desk');
    await addGroup(queueId, 'slow');
    expect(await take(queueId, 'desk', 12, true)).to.deep.equal(upTo(12));
    expect(await take(queueId, 'slow', 7, true)).to.deep.equal(upTo(7));
    expect(await take(queueId, 'slow', 5, false)).to.deep.equal(upTo(12, 8));
    expect(await logsBehind(t), 'their places are not written down').to.include(queueId);
    await relayLog(t, queueId);
    expect(await positionOf(t, queueId)).to.deep.include({ groups: { desk: 12, slow: 7 } });
    expect(await logsBehind(t)).to.not.include(queueId);

    await t.redis.flushdb();
    expect(await logsBehind(t)).to.include(queueId);
    await relayLog(t, queueId);
    expect(await seqsOf(t, queueId)).to.deep.equal(upTo(20));
    expect(await take(queueId, 'desk', 100, true), 'goes on').to.deep.equal(upTo(20, 13));
    expect(await take(queueId, 'slow', 100, true), 'and repeats what was open').to.deep.equal(
      upTo(20, 8),
    );
    await relayLog(t, queueId);
    expect(await logsBehind(t)).to.not.include(queueId);
  });

  it('gets only its last entries again when it lost only those', async () => {
    const queueId = await relayed(10);
    const dump = await t.redis.dumpBuffer(streamOf(queueId));
    await addGroup(queueId, 'desk', '8-0');
    await log(t.db, queueId, 5);
    await relayLog(t, queueId);
    await t.redis.restore(streamOf(queueId), 0, dump, 'REPLACE');
    expect(await seqsOf(t, queueId)).to.deep.equal(upTo(10));
    expect(await logsBehind(t)).to.include(queueId);
    await relayLog(t, queueId);
    expect(await seqsOf(t, queueId)).to.deep.equal(upTo(15));
    expect(await take(queueId, 'desk', 100, true)).to.deep.equal(upTo(15, 9));
  });

  it('moves a group forward that a worker created before the relay came', async () => {
    const queueId = await relayed(10);
    await addGroup(queueId, 'desk');
    await take(queueId, 'desk', 6, true);
    await relayLog(t, queueId);
    await t.redis.flushdb();
    await addGroup(queueId, 'desk');
    await relayLog(t, queueId);
    expect(await take(queueId, 'desk', 100, true)).to.deep.equal(upTo(10, 7));
  });

  it('does not bring back a group that was deleted', async () => {
    const queueId = await relayed(10);
    await addGroup(queueId, 'desk');
    await relayLog(t, queueId);
    await t.redis.xgroup('DESTROY', streamOf(queueId), 'desk');
    expect(await logsBehind(t)).to.include(queueId);
    await relayLog(t, queueId);
    await t.redis.flushdb();
    await relayLog(t, queueId);
    expect((await t.redis.xinfo('GROUPS', streamOf(queueId))) as unknown[]).to.be.empty;
  });

  for (const [name, when] of [
    ['between the read and the append', 'before'],
    ['between the append and the move', 'after'],
  ] as const)
    it(`is restored when it is lost ${name}`, async () => {
      const queueId = await relayed(5);
      await addGroup(queueId, 'desk', '5-0');
      await relayLog(t, queueId);
      await log(t.db, queueId, 10);
      const stopped = stoppedAt(t.redis, { script: 'append', count: 1, when });
      const pass = relayLog({ db: t.db, redis: stopped.redis }, queueId, { batch: 4 });
      await stopped.reached();
      await t.redis.flushdb();
      stopped.goOn();
      await pass;
      await relayLog(t, queueId);
      expect(await seqsOf(t, queueId)).to.deep.equal(upTo(15));
      expect(await take(queueId, 'desk', 100, true)).to.deep.equal(upTo(15, 6));
    });

  it('is restored by the next process when one is gone in the middle of it', async () => {
    const queueId = await relayed(30);
    await addGroup(queueId, 'desk', '11-0');
    await relayLog(t, queueId);
    await t.redis.flushdb();
    const gone = stoppedAt(t.redis, { script: 'append', count: 2, when: 'before' });
    void relayLog({ db: t.db, redis: gone.redis }, queueId, { batch: 10 });
    await gone.reached();
    expect(await positionOf(t, queueId)).to.include({ seq: 10 });
    await expireLease(t, queueId);
    await relayLog(t, queueId, { batch: 10 });
    expect(await seqsOf(t, queueId)).to.deep.equal(upTo(30));
    expect(await take(queueId, 'desk', 100, true)).to.deep.equal(upTo(30, 12));
  });

  it('begins no earlier than the stream would keep, and no earlier than the log', async () => {
    const queueId = await addQueue(t.db);
    const first = STREAM_ENTRIES + 1;
    await t.db('queues').where({ id: queueId }).update({ event_seq: first });
    await log(t.db, queueId, 3);
    await relayLog(t, queueId);
    expect(await seqsOf(t, queueId), 'the first that is kept').to.deep.equal(
      upTo(first + 3, first + 1),
    );
    await t.db.raw(
      `insert into ticket_events (queue_id, seq, ticket_id, type, at, version, ticket, facts)
       select :queueId, n, n, 'created', clock_timestamp(), 1, '{}', '{}' from generate_series(1, 9) as n`,
      { queueId },
    );
    await t.redis.flushdb();
    await relayLog(t, queueId);
    expect(await seqsOf(t, queueId), 'above the head less MAXLEN').to.deep.equal([
      ...upTo(9, 5),
      ...upTo(first + 3, first + 1),
    ]);
  });

  it('begins again when it is ahead of its log, after a restore of the database', async () => {
    const queueId = await relayed(10);
    await addGroup(queueId, 'desk');
    await take(queueId, 'desk', 9, true);
    await relayLog(t, queueId);
    await t.db('ticket_events').where({ queue_id: queueId }).andWhere('seq', '>', 6).delete();
    await t.db('queues').where({ id: queueId }).update({ event_seq: 6 });
    await t
      .db('log_positions')
      .where({ log: `tickets:${queueId}` })
      .update({ seq: 6 });
    expect(await logsBehind(t)).to.include(queueId);
    await relayLog(t, queueId);
    expect(await seqsOf(t, queueId)).to.deep.equal(upTo(6));
    await log(t.db, queueId, 2);
    await relayLog(t, queueId);
    expect(await take(queueId, 'desk', 100, true), 'the new ones').to.deep.equal([7, 8]);
  });
});
