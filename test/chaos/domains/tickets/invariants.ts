import { setTimeout as sleep } from 'node:timers/promises';
import { rowsOf } from '../../../../db/knex.ts';
import type { Evidence, Invariant } from '../../domain.ts';
import type { Crowd } from './crowd.ts';
import { calledTwice, codesTwice, gaps, illegalSteps, lost, readEntries } from './log.ts';
import { streamFaults } from './streams.ts';

/** A lease, the sweep, the grace of a lost counter, and the sweep; after an outage leases begin again. */
const FREE_MS = 45_000;
/** The lease of a relay that died, and the sweep. */
const STREAM_MS = 25_000;
const SHOWN = 10;

type Check = Invariant<Crowd>['check'];

/** Every row of the query is a violation. */
const never =
  (sql: string): Check =>
  async ({ world }) =>
    (await rowsOf<{ what: string }>(world.db.raw(`select what from (${sql}) as x limit 10`))).map(
      ({ what }) => what,
    );

const eventually =
  (ms: number, look: Check): Check =>
  async (evidence) => {
    const deadline = Date.now() + ms;
    for (;;) {
      const found = await look(evidence);
      if (found.length === 0 || Date.now() > deadline) return found;
      await sleep(250);
    }
  };

const ofLog =
  (rule: (entries: Awaited<ReturnType<typeof readEntries>>, load: Crowd) => string[]): Check =>
  async ({ world, load }: Evidence<Crowd>) =>
    rule(await readEntries(world.db), load).slice(0, SHOWN);

export const invariants: Invariant<Crowd>[] = [
  {
    name: 'a counter has one ticket',
    when: 'always',
    check: never(
      `select 'counter ' || counter_id || ' has ' || count(*) as what from tickets
        where state in ('called', 'processing') and counter_id is not null
        group by counter_id having count(*) > 1`,
    ),
  },
  {
    name: 'the number of people who wait is exact',
    when: 'always',
    check: never(
      `select 'queue ' || q.id || ' says ' || q.waiting || ', ' || w.n || ' wait' as what
         from queues q
        cross join lateral (select count(*)::int as n from tickets t
                             where t.queue_id = q.id and t.state = 'waiting') as w
        where q.waiting <> w.n`,
    ),
  },
  {
    name: 'the head of a log is exact',
    when: 'always',
    check: never(
      `select 'queue ' || q.id || ' says ' || q.event_seq || ', its log has ' || e.n || ' up to ' || e.head as what
         from queues q
        cross join lateral (select count(*) as n, coalesce(max(seq), 0) as head
                              from ticket_events e where e.queue_id = q.id) as e
        where q.event_seq <> e.n or q.event_seq <> e.head`,
    ),
  },
  {
    name: 'what a lost counter or worker had comes free',
    when: 'end',
    check: eventually(
      FREE_MS,
      never(
        `select 'ticket ' || t.id || ' is ' || t.state || ' at counter ' || c.id || ', which is ' || c.state as what
           from tickets t join counters c on c.id = t.counter_id
          where t.state in ('called', 'processing')
          union all
         select 'ticket ' || t.id || ' is reserved since ' || t.updated_at from tickets t
          where t.state = 'processing' and t.counter_id is null
            and t.lease_until < clock_timestamp() - interval '10 seconds'`,
      ),
    ),
  },
  { name: 'logs have no gap', when: 'end', check: ofLog(gaps) },
  { name: 'tickets go through legal states', when: 'end', check: ofLog(illegalSteps) },
  { name: 'codes of the living are unique', when: 'end', check: ofLog(codesTwice) },
  {
    name: 'no acknowledged change is lost',
    when: 'end',
    check: ofLog((entries, { acknowledged }) => lost(entries, acknowledged)),
  },
  {
    name: 'no ticket at two counters',
    when: 'end',
    check: ({ load }) => calledTwice(load.acknowledged).slice(0, SHOWN),
  },
  {
    name: 'logs replay to the rows',
    when: 'end',
    check: never(
      `select 'ticket ' || t.id || ' is ' || t.state || ' of version ' || t.version || ', its log says '
              || coalesce(e.it ->> 'state', 'nothing') || ' of ' || coalesce(e.version, 0) as what
         from tickets t
         left join lateral (
           select e.version, e.ticket::jsonb as it from ticket_events e
            where e.ticket_id = t.id order by e.version desc limit 1) as e on true
        where e.version is distinct from t.version
           or e.it ->> 'state' is distinct from t.state
           or e.it ->> 'counterId' is distinct from t.counter_id::text
           or e.it ->> 'queueId' is distinct from t.queue_id::text
           or e.it ->> 'code' is distinct from t.prefix || lpad(t.number::text, greatest(3, length(t.number::text)), '0')
           or (e.it ->> 'calls')::int is distinct from t.calls`,
    ),
  },
  {
    name: 'streams have every entry of their logs',
    when: 'end',
    check: eventually(STREAM_MS, ({ world }) => streamFaults(world)),
  },
];
