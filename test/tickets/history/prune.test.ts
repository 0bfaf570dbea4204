import { expect } from 'chai';
import { pruneTickets } from '../../../db/tickets/history/prune.ts';
import { relayLog } from '../../../db/tickets/log/relay-log.ts';
import type { JobContext } from '../../../workers/deps.ts';
import { archiveTickets as job } from '../../../workers/tickets/archive-tickets.ts';
import { useServices } from '../../support/services.ts';
import { addQueue, log, seqsOf, upTo } from '../relay/log-world.ts';

const DAYS = 400;

describe('tickets: what is too old', () => {
  const t = useServices();

  const age = (queueId: string, first: number, last: number, days = DAYS + 1) =>
    t
      .db('ticket_events')
      .where({ queue_id: queueId })
      .whereBetween('seq', [first, last])
      .update({ at: t.db.raw('now() - make_interval(days => ?)', [days]) });
  const kept = async (queueId: string) =>
    (await t.db('ticket_events').where({ queue_id: queueId }).orderBy('seq').select('seq')).map(
      ({ seq }) => Number(seq),
    );

  it('goes from the beginning of a log, up to the first that is younger', async () => {
    const queueId = await addQueue(t.db, {});
    await log(t.db, queueId, 30);
    // A clock that was wrong for a while: 18 is younger than what follows.
    await age(queueId, 1, 17);
    await age(queueId, 19, 25);
    expect(await pruneTickets(t.db, DAYS, { batch: 5 })).to.include({ events: 17 });
    expect(await kept(queueId)).to.deep.equal(upTo(30, 18));
    await age(queueId, 18, 18);
    expect(await pruneTickets(t.db, DAYS, { batch: 5, batches: 1 })).to.include({ events: 5 });
    expect(await kept(queueId)).to.deep.equal(upTo(30, 23));
  });

  it('stays as long as its stream does not have it', async () => {
    const queueId = await addQueue(t.db);
    await log(t.db, queueId, 12);
    await relayLog(t, queueId, { batch: 4, batches: 2 });
    await age(queueId, 1, 12);
    await pruneTickets(t.db, DAYS);
    expect(await kept(queueId)).to.deep.equal(upTo(12, 9));
    await relayLog(t, queueId);
    expect(await seqsOf(t, queueId)).to.deep.equal(upTo(12));
  });

  it('stays in a log that was never relayed, also when the stream is switched on', async () => {
    const queueId = await addQueue(t.db);
    await log(t.db, queueId, 5);
    await age(queueId, 1, 5);
    await pruneTickets(t.db, DAYS);
    expect(await kept(queueId)).to.deep.equal(upTo(5));
  });

  it('never is the newest entry, with which a lost stream ends again', async () => {
    const queueId = await addQueue(t.db);
    await log(t.db, queueId, 6);
    await relayLog(t, queueId);
    await age(queueId, 1, 6);
    await pruneTickets(t.db, DAYS);
    expect(await kept(queueId)).to.deep.equal([6]);
    await t.redis.flushdb();
    await relayLog(t, queueId);
    expect(await seqsOf(t, queueId)).to.deep.equal([6]);
  });

  it('is archived tickets, and states of counters but the last one before that time', async () => {
    const at = (days: number) => t.db.raw('now() - make_interval(days => ?)', [days]);
    await t.db('ticket_history').insert(
      [DAYS + 1, DAYS - 1].map((days, n) => ({
        ...{ id: n + 1, queue_id: 1, finished_at: at(days), ticket: '{}' },
      })),
    );
    await t.db('counter_states').insert(
      [DAYS + 9, DAYS + 5, DAYS + 1, DAYS - 5].map((days) => ({
        ...{ counter_id: 1, at: at(days), state: 'open' },
      })),
    );
    await t.db('counter_states').insert({ counter_id: 2, at: at(DAYS + 50), state: 'closed' });
    const { counterStates, history } = await pruneTickets(t.db, DAYS);
    expect([counterStates, history]).to.deep.equal([2, 1]);
    expect(await t.db('ticket_history').select('id')).to.deep.equal([{ id: '2' }]);
    expect(await t.db('counter_states').count('* as n').groupBy('counter_id').orderBy('n')).to.eql([
      { n: '1' },
      { n: '2' },
    ]);
  });

  it('is found by the job, in the days of the configuration', async () => {
    const queueId = await addQueue(t.db, {});
    await log(t.db, queueId, 5);
    await age(queueId, 1, 3, 3);
    const reports: [string, number | undefined][] = [];
    const context = {
      db: t.db,
      config: t.config({ TICKET_EVENT_DAYS: '2' }),
      report: (line: string, repairs?: number) => reports.push([line, repairs]),
    } as Partial<JobContext> as JobContext;
    await job({}, context);
    expect(await kept(queueId)).to.deep.equal([4, 5]);
    expect(reports[0]?.[0]).to.include('3 events');
  });
});
