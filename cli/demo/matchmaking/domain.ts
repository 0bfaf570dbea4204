import { isLive, isWaiting } from '../../../client/matchmaking/state.ts';
import type { DemoContext, DemoDomain, DemoRun, Row } from '../demo-domain.ts';
import { percentile } from '../numbers.ts';
import { countRows } from '../report.ts';
import { farewell } from './farewell.ts';
import { emptyHistory } from './history.ts';
import { findViolations } from './invariants.ts';
import { pickLanguages } from './languages.ts';
import { type Learner, live, type World } from './learner.ts';
import { observe } from './observe.ts';
import { newTally, type Tally } from './tally.ts';

/** Learners who join, talk, leave, lose patience, vanish and come back. */
export const demoDomain: DemoDomain = {
  crowd: { personName: 'Learner', weight: 1 },
  start,
};

/** The progress line shows the waits of this many recent matches. */
const RECENT = 200;

function start(context: DemoContext): DemoRun {
  const world: World = { ...context, tally: newTally(), history: emptyHistory() };
  const { tally, history } = world;
  const learners = new Map<string, Learner>();
  let waiting = 0;
  const states = () => [...learners.values()].map(({ client }) => client.matchmaking.state);
  const countWaiting = () => states().filter(({ matchRequest }) => isWaiting(matchRequest)).length;

  return {
    welcome: ({ userId, client }) => {
      const person = { userId, ...pickLanguages(world.random) };
      const learner: Learner = { client, person, waitsSince: null, cancelled: false };
      learners.set(userId, learner);
      history.people.push(person);
      observe(learner, world);
    },
    live: async ({ userId }) => {
      const learner = learners.get(userId);
      if (learner) await live(learner, world);
    },
    progress: () => {
      const p50 = percentile(tally.waits.slice(-RECENT), 0.5);
      return [
        `joined ${tally.joined}`,
        `matched ${tally.matched}`,
        `waiting ${countWaiting()}`,
        `in a session ${states().filter(({ session }) => isLive(session)).length}`,
        `wait p50 ${inMs(p50)}`,
      ];
    },
    farewell: () => {
      waiting = countWaiting();
      return farewell([...learners.values()], world);
    },
    rows: () => tableRows(tally, waiting, learners.size - history.endings.length),
    findViolations: () => findViolations(history),
  };
}

const inMs = (value: number | null) => (value === null ? '-' : `${Math.round(value)} ms`);

/** `waiting` people waited when the demo ended; the final state of `unasked` people could not be read. */
export function tableRows(tally: Tally, waiting: number, unasked: number): Row[] {
  const wait = (part: number) => inMs(percentile(tally.waits, part));
  return [
    ['joined', String(tally.joined)],
    ['matched', String(tally.matched)],
    ['waiting at the end', String(waiting)],
    ['lost patience', String(tally.impatient)],
    ['expired', String(tally.expired)],
    ['wait p50', wait(0.5)],
    ['wait p90', wait(0.9)],
    ['wait p99', wait(0.99)],
    ['sessions', String(tally.sessions.size)],
    ...countRows('session', tally.ends),
    ['signals', String(tally.signals)],
    ['feedback', String(tally.feedback)],
    ...(tally.late > 0 ? [['pushes after a newer one', String(tally.late)] as Row] : []),
    ...(unasked > 0 ? [['could not be asked at the end', String(unasked)] as Row] : []),
  ];
}
