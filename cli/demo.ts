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
 * Simulates learners over real sockets against a running server. They join, talk, leave, lose
 * patience, disconnect and reconnect. Everything they observe is checked against the invariants.
 * @returns the exit code: 0, or 1 if no server responds or an invariant is violated
 * @throws {UsageError} for invalid options
 */
export async function demo(argv: string[]): Promise<number> {
  const options = parseDemoOptions(argv);
  if (!(await answers(options.url))) {
    console.error(`foyer: no server responds at ${options.url}. Start one with foyer up.`);
    return 1;
  }
  const history: History = {
    ...{ people: [], requests: [], sessions: [] },
    ...{ absences: [], signals: [], endings: [] },
  };
  const end = new AbortController();
  // Every learner adds an abort listener, so the default limit of listeners does not apply.
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
  // The first Ctrl-C ends the demo early and cleanly. A second one ends the process.
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
  const waiting = learners.filter(({ client }) => isWaiting(client.state.matchRequest)).length;
  const isThere = await answers(url);
  if (isThere) await farewell(learners, world);
  for (const { client } of learners) client.close();
  const violations = findBreaches(world.history);
  const unasked = learners.length - world.history.endings.length;
  console.log(report(world.tally, waiting, unasked, violations));
  if (!isThere) console.error(`foyer: the server at ${url} no longer responds`);
  return violations.length > 0 || !isThere ? 1 : 0;
}

/** Any response counts, including an error. Only a network failure means that no server is running. */
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
