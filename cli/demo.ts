import { setMaxListeners } from 'node:events';
import { createClient } from '../client/create-client.ts';
import { isClientError, isPassing } from '../client/errors.ts';
import { crowd, type Participating } from './demo/arrive.ts';
import type { DemoContext, Guest } from './demo/demo-domain.ts';
import { findDemoDomains } from './demo/find-domains.ts';
import { parseDemoOptions } from './demo/options.ts';
import { showProgress } from './demo/progress.ts';
import { countRows, report } from './demo/report.ts';

/**
 * Runs simulated people of every domain over real sockets against a running server: they arrive, act,
 * vanish and return. Everything that they observe is checked against the invariants.
 * @returns the exit code: 0, or 1 when no server answers or an invariant is violated
 * @throws {UsageError} wrong options
 */
export async function demo(argv: string[]): Promise<number> {
  const options = parseDemoOptions(argv);
  if (!(await answers(options.url))) {
    console.error(`foyer: no server responds at ${options.url}. Start one with foyer up.`);
    return 1;
  }
  const end = new AbortController();
  // Every client listens for the end, so the number of listeners is no leak.
  setMaxListeners(0, end.signal);
  const context: DemoContext = {
    url: options.url,
    seconds: options.seconds,
    random: Math.random,
    now: () => performance.now(),
    signal: end.signal,
    errors: new Map(),
  };
  const domains = await findDemoDomains();
  const all = await Promise.all(
    domains.map(async (domain) => ({ domain, run: await domain.start(context) })),
  );
  const guests: Guest[] = [];
  const endsAt = context.now() + options.seconds * 1000;
  const timer = setTimeout(() => end.abort(), options.seconds * 1000);
  // The first Ctrl-C ends the demo early and cleanly. A second one ends the process.
  const interrupted = () => end.abort();
  process.once('SIGINT', interrupted);
  const secondsLeft = () => (end.signal.aborted ? 0 : (endsAt - context.now()) / 1000);
  const progress = showProgress(process.stdout, () => [
    `${Math.max(0, Math.ceil(secondsLeft()))} s left`,
    `here ${guests.length}`,
    ...all.flatMap(({ run }) => run.progress()),
  ]);
  try {
    await crowd(options, all, guests, context);
  } finally {
    clearTimeout(timer);
    progress.stop();
    process.off('SIGINT', interrupted);
  }
  return sumUp(options.url, all, guests, context);
}

async function sumUp(
  url: string,
  all: readonly Participating[],
  guests: readonly Guest[],
  { errors }: DemoContext,
): Promise<number> {
  const isThere = await answers(url);
  if (isThere) await Promise.all(all.map(({ run }) => run.farewell?.()));
  await Promise.all(all.map(({ run }) => run.conclude?.(isThere)));
  for (const { client } of guests) client.close();
  const violations = all.flatMap(({ run }) => run.findViolations());
  const rows = all.flatMap(({ run }) => run.rows());
  console.log(
    report([['people', String(guests.length)], ...rows, ...countRows('error', errors)], violations),
  );
  if (!isThere) console.error(`foyer: the server at ${url} no longer answers`);
  return violations.length > 0 || !isThere ? 1 : 0;
}

/** Any response counts, including an error. Only a network failure means that no server is running. */
async function answers(url: string): Promise<boolean> {
  const client = createClient({ baseUrl: url, tries: 2, timeoutMs: 5_000 });
  try {
    await client.http.readMe();
    return true;
  } catch (error) {
    if (!isClientError(error)) throw error;
    return !isPassing(error) || error.status > 0;
  } finally {
    client.close();
  }
}
