import { expect } from 'chai';
import fc from 'fast-check';
import { bucketStarts } from '../../../db/tickets/analytics/buckets.ts';
import { readAnalytics } from '../../../db/tickets/analytics/read-analytics.ts';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice } from '../office.ts';
import { histories, liveThrough } from './generated-log.ts';
import { naiveAnalytics } from './naive-analytics.ts';
import { writeLog } from './written-log.ts';

const TARGET = 600;
const TIMEZONE = 'Australia/Lord_Howe';
/** The clocks go back half an hour on the fourth of April at 15:00 UTC. */
const START = Date.parse('2026-04-04T12:00:00Z');

describe('analytics of any log', () => {
  const t = useServices();
  let office: Office;
  before(async () => {
    office = await openOffice(t);
  });
  after(() => office.domain.drain?.());

  const shares = (item: { withinTarget: number | null; eta: unknown }) => ({
    ...item,
    withinTarget: item.withinTarget === null ? null : round(item.withinTarget),
    eta: JSON.parse(JSON.stringify(item.eta), (_, value) =>
      typeof value === 'number' ? round(value) : value,
    ),
  });
  /** PostgreSQL divides as decimals, and the other one in doubles. */
  const round = (value: number) => Math.round(value * 1e9) / 1e9;

  it('are what the plainest walk through it computes', async () => {
    const settings = { timezone: TIMEZONE, targetWaitSeconds: TARGET };
    const queues = [await office.queue(settings), await office.queue(settings)] as const;
    const counters: string[] = [];
    for (let n = 0; n < 3; n += 1)
      counters.push((await office.counter([queues[0].id], { state: 'closed' })).id);
    await fc.assert(
      fc.asyncProperty(
        histories,
        fc.integer({ min: -2, max: 20_000 }),
        fc.integer({ min: 1, max: 60_000 }),
        async (steps, after, seconds) => {
          for (const table of ['ticket_events', 'counter_states']) await t.db(table).del();
          const { log, states } = liveThrough(steps, {
            ...{ queues: [queues[0].id, queues[1].id], counters, start: START, firstTicket: 0 },
          });
          await writeLog(t.db, log, states);
          const from = START + after * 1000;
          const to = from + seconds * 1000;
          const starts = bucketStarts(TIMEZONE, { from, to }, 'hour');
          const query = {
            ...{ from: new Date(from).toISOString(), to: new Date(to).toISOString() },
            bucket: 'hour' as const,
          };
          const known = { log, states, from, to, now: Date.now(), starts, target: TARGET };
          for (const [queueId, serving] of [
            [queues[0].id, counters],
            [queues[1].id, []],
          ] as const) {
            const report = await readAnalytics(t.db, queueId, query);
            const naive = naiveAnalytics({ ...known, queueId, counters: serving });
            expect(shares(report.totals)).to.deep.equal(shares(naive.totals));
            const items = report.items.map(({ counterName: _, ...item }) => shares(item));
            expect(items).to.deep.equal(naive.items.map(shares));
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
