import { Gauge } from 'prom-client';
import { liveSessions } from '../../db/matchmaking/stats/matchmaking-stats.ts';
import { registry } from '../../metrics.ts';
import type { Panel, PanelDeps, Problem } from '../panel.ts';
import { mountSessionPages } from './session-pages.ts';
import { createStatsReader, type MatchmakingStats, readPools } from './stats.ts';

/** People are on their way between table and index at any moment. */
const DRIFT_PEOPLE = 5;
const DRIFT_SHARE = 0.02;

/** Who waits, how long, and how calls go. */
export const matchmaking: Panel<'matchmaking', MatchmakingStats> = {
  name: 'matchmaking',
  createReader: createStatsReader,
  problems: ({ pools }) => problemsOfPools(pools),
  pages: mountSessionPages,
  measure,
};

const problemsOfPools = (pools: MatchmakingStats['pools']): Problem[] =>
  pools
    .filter(({ waiting, indexed }) => {
      const drift = Math.abs(waiting - (indexed ?? waiting));
      return drift > Math.max(DRIFT_PEOPLE, waiting * DRIFT_SHARE);
    })
    .map(({ pool, waiting, indexed }) => ({
      level: 'warn',
      text: `The index of ${pool} has ${indexed} entries for ${waiting} waiting requests`,
    }));

const registers = [registry];
const waitingPeople = new Gauge({
  name: 'foyer_match_waiting',
  help: 'People who wait for a match, in all pools.',
  registers,
});
const oldestWait = new Gauge({
  name: 'foyer_match_oldest_seconds',
  help: 'How long the longest waiting person has waited; 0 when nobody waits.',
  registers,
});
const indexDrift = new Gauge({
  name: 'foyer_match_index_drift',
  help: 'Rows that wait and are not indexed, and entries without a row, over all pools.',
  registers,
});
const sessionsLive = new Gauge({
  name: 'foyer_sessions_live',
  help: 'Sessions that have not ended, by state.',
  labelNames: ['state'],
  registers,
});

async function measure({ db, redis }: PanelDeps): Promise<void> {
  const [pools, sessions] = await Promise.all([readPools({ db, redis }), liveSessions(db)]);
  const drifts = pools.map(({ waiting, indexed }) => Math.abs(waiting - (indexed ?? waiting)));
  waitingPeople.set(pools.reduce((sum, pool) => sum + pool.waiting, 0));
  oldestWait.set(Math.max(0, ...pools.map((pool) => pool.oldestSeconds)));
  indexDrift.set(drifts.reduce((sum, drift) => sum + drift, 0));
  for (const [state, count] of Object.entries(sessions)) sessionsLive.set({ state }, count);
}
