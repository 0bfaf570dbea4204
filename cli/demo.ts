import { setMaxListeners } from 'node:events';
import { createClient } from '../client/create-client.ts';
import { isClientError, isPassing } from '../client/errors.ts';
import { isWaiting } from '../client/matchmaking/state.ts';
import { crowd } from './demo/arrive.ts';
import { farewell } from './demo/farewell.ts';
import type { History } from './demo/history.ts';
import { findBreaches } from './demo/invariants.ts';
import type { Learner, World } from './demo/learner.ts';
import { parseDemoOptions } from './demo/options.ts';
import { showProgress } from './demo/progress.ts';
import { report } from './demo/report.ts';
import { newTally } from './demo/tally.ts';

/**
 * Simulated learners over real sockets against a running server: they join, talk, leave, lose
 * patience, vanish and come back, and all that they see is held against what must hold.
 * @returns the exit code: 0, or 1 when no server answers or an invariant broke
 * @throws {UsageError} wrong options
 */
export async function demo(argv: string[]): Promise<number> {
  const options = parseDemoOptions(argv);
  if (!(await answers(options.url))) {
    console.error(`foyer: no server answers at ${options.url} (foyer up starts one)`);
    return 1;
  }
  const history: History = {
    ...{ people: [], requests: [], sessions: [] },
    ...{ absences: [], signals: [], endings: [] },
  };
  const end = new AbortController();
  // Every learner listens for the end: many on purpose, and none is forgotten.
  setMaxListeners(0, end.signal);
  const world: World = {
    tally: newTally(),
    history,
    random: Math.random,
    now: () => performance.now(),
    signal: end.signal,
  };
  const learners: Learner[] = [];
  const endsAt = world.now() + options.seconds * 1000;
  const timer = setTimeout(() => end.abort(), options.seconds * 1000);
  // Ctrl-C ends the demo early and in order; a second one ends the process.
  const interrupted = () => end.abort();
  process.once('SIGINT', interrupted);
  const progress = showProgress(process.stdout, learners, world.tally, () =>
    end.signal.aborted ? 0 : (endsAt - world.now()) / 1000,
  );
  try {
    await crowd(options, learners, world);
  } finally {
    clearTimeout(timer);
    progress.stop();
    process.off('SIGINT', interrupted);
  }
  return sumUp(options.url, learners, world);
}

async function sumUp(url: string, learners: Learner[], world: World): Promise<number> {
  const waiting = learners.filter(({ client }) =>
    isWaiting(client.matchmaking.state.matchRequest),
  ).length;
  const isThere = await answers(url);
  if (isThere) await farewell(learners, world);
  for (const { client } of learners) client.close();
  const violations = findBreaches(world.history);
  const unasked = learners.length - world.history.endings.length;
  console.log(report(world.tally, waiting, unasked, violations));
  if (!isThere) console.error(`foyer: the server at ${url} no longer answers`);
  return violations.length > 0 || !isThere ? 1 : 0;
}

/** Any answer counts, a refusal too: only silence says that nobody is there. */
async function answers(url: string): Promise<boolean> {
  const client = createClient({ baseUrl: url, tries: 2, timeoutMs: 5_000 });
  try {
    await client.http.listLanguages();
    return true;
  } catch (error) {
    if (!isClientError(error)) throw error;
    return !isPassing(error) || error.status > 0;
  } finally {
    client.close();
  }
}
