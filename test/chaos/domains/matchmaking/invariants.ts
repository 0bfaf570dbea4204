import { setTimeout as sleep } from 'node:timers/promises';
import { findViolations } from '../../../../cli/demo/matchmaking/invariants.ts';
import { rowsOf } from '../../../../db/knex.ts';
import { check } from '../../checker/checker.ts';
import { explain } from '../../checker/explain.ts';
import type { Evidence, Invariant } from '../../domain.ts';
import type { World } from '../../world/world.ts';
import { backlog } from './backlog.ts';
import { checker, rules } from './checker/checker.ts';
import type { MatchHistory } from './checker/history.ts';
import { viewsDiffer } from './converged.ts';
import type { Crowd } from './crowd.ts';
import { demoHistory } from './demo-history.ts';
import { indexDiffers } from './index-check.ts';
import { limits } from './settings.ts';

/** Time for what is on its way when everybody rests: sweeps, passes, pushes, and new connections. */
const QUIET_MS = 15_000;
/** A waiting client asks again every 30 s: whatever push was lost, it knows by then. */
const CONVERGE_MS = 40_000;

/** Every row of the query is a violation. */
const never =
  (what: string, sql: string): Invariant<Crowd>['check'] =>
  async ({ world }) => {
    const rows = await rowsOf<{ id: string }>(
      world.db.raw(`select id from (${sql}) as x limit 10`),
    );
    return rows.map(({ id }) => `${id} ${what}`);
  };

/** Repeats the query until it returns no rows or the time is over. */
const eventually =
  (ms: number, look: (evidence: Evidence<Crowd>) => Promise<string[]>): Invariant<Crowd>['check'] =>
  async (evidence) => {
    const deadline = Date.now() + ms;
    for (;;) {
      const found = await look(evidence);
      if (found.length === 0 || Date.now() > deadline) return found;
      await sleep(250);
    }
  };

export const historyOf = ({ changes, load, injected }: Evidence<Crowd>): MatchHistory => ({
  changes,
  seen: load.seen,
  faults: injected.map(({ fault, from, until }) => ({
    ...{ kind: fault.kind, target: fault.target, from, until },
  })),
  limits,
});

/** Effects that a fault may have: people are overtaken, and FLUSHALL loses signals. */
const BEYOND_IT = new Set(['order among compatible people', 'no signal is lost']);

const starving = async (world: World) => {
  const pair = await backlog(world, Date.now() - limits.relaxedMs);
  return pair ? [pair] : [];
};

export const invariants: Invariant<Crowd>[] = [
  {
    name: 'nobody is in two live sessions',
    when: 'always',
    check: never(
      'is in two live sessions',
      `select user_id as id from session_participants where live
        group by user_id having count(*) > 1`,
    ),
  },
  {
    name: 'nobody waits twice, or in a call',
    when: 'always',
    check: never(
      'waits twice, or in a call',
      `select user_id as id from (
         select user_id from match_requests where state = 'waiting'
         union all select user_id from session_participants where live) as places
        group by user_id having count(*) > 1`,
    ),
  },
  {
    name: 'nobody who may be matched is left waiting',
    when: 'end',
    check: eventually(QUIET_MS, ({ world }) => starving(world)),
  },
  {
    name: 'the index equals the table',
    when: 'end',
    check: eventually(QUIET_MS, ({ world }) => indexDiffers(world)),
  },
  {
    name: 'every client knows what is true',
    when: 'end',
    check: eventually(CONVERGE_MS, ({ world, load }) => viewsDiffer(world, load)),
  },
  {
    name: 'events of sessions are gapless',
    when: 'end',
    check: never(
      'has a gap in its events',
      `select s.id from sessions s join session_events e on e.session_id = s.id
        group by s.id having count(*) <> max(s.version) or max(e.seq) <> max(s.version)
            or min(e.seq) <> 1`,
    ),
  },
  {
    name: 'the history is that of a correct matchmaker',
    when: 'end',
    check: (evidence) => {
      const history = historyOf(evidence);
      return explain(checker, history, check(rules, history));
    },
  },
  {
    // The same history checked by the rules of `foyer demo`, which use only what clients observed.
    name: 'clients saw a correct matchmaker',
    when: 'end',
    check: ({ load }) =>
      findViolations(demoHistory(load))
        // It cannot know of faults, and allows for none.
        .filter(({ rule }) => !BEYOND_IT.has(rule))
        .map(({ rule, detail }) => `${rule}: ${detail}`),
  },
];
