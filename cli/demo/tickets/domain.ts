import { type Client, createClient } from '../../../client/create-client.ts';
import { isClientError } from '../../../client/errors.ts';
import { createPublicClient } from '../../../client/public/create-public-client.ts';
import { publicTicketRoutes } from '../../../client/tickets/public-routes.ts';
import { attempt } from '../attempt.ts';
import type { DemoContext, DemoDomain, DemoRun } from '../demo-domain.ts';
import { percentile } from '../numbers.ts';
import { staffToken } from '../staff-token.ts';
import { openBranch } from './branch.ts';
import { workAt } from './counter.ts';
import { farewell } from './farewell.ts';
import { emptyHistory, type TicketHistory } from './history.ts';
import { observe } from './observe.ts';
import { findViolations } from './rules.ts';
import { comeIn } from './visitors.ts';
import { newTally, type Tally, type World } from './world.ts';

/** A branch with three queues and six counters, people who come and wait, and displays. */
export const demoDomain: DemoDomain = { start };

async function start(context: DemoContext): Promise<DemoRun> {
  const opened = await open(context);
  if (typeof opened === 'string') {
    console.log(`tickets are not shown: ${opened}`);
    return { progress: () => [], rows: () => [], findViolations: () => [] };
  }
  return runOf(opened);
}

/** @returns the branch, or why there is none */
async function open(context: DemoContext): Promise<World | string> {
  const accessToken = await staffToken(context.url, context.seconds);
  if (!accessToken) return 'the demo is not of the staff of this server';
  const tokens = { accessToken, refreshToken: null, expiresAt: null, user: null };
  const staff = createClient({ baseUrl: context.url, tokens });
  const visitor = createPublicClient({ baseUrl: context.url, routes: publicTicketRoutes });
  try {
    const branch = await openBranch(staff);
    const history = emptyHistory();
    for (const { id } of branch.queues) history.logs.set(id, await logFrom(staff, id));
    return { ...context, branch, staff, visitor, history, tally: newTally() };
  } catch (error) {
    staff.close();
    visitor.close();
    if (isClientError(error)) return error.message;
    throw error;
  }
}

async function logFrom({ http }: Client, id: string) {
  const { headSeq } = await http.listQueueEvents({ id, limit: 1 });
  return { from: headSeq, head: headSeq, entries: [], watched: [] };
}

function runOf(world: World): DemoRun {
  const { staff, visitor, branch, history, tally } = world;
  const connect = (client: Pick<Client, 'connect'>) =>
    attempt(world, client.connect, 'client.closed');
  void connect(staff).then(() => attachAll(world));
  void connect(visitor);
  const observing = observe(world);
  const lives = [comeIn(world), ...branch.counters.map((counter) => workAt(counter, world))];
  const life = Promise.all(lives);
  life.catch(() => {});
  return {
    progress: () => [`tickets ${tally.taken}`, `served ${tally.served}`],
    farewell: async () => {
      await life;
      await farewell(world);
    },
    conclude: async () => {
      observing.close();
      staff.close();
      visitor.close();
    },
    rows: () => rowsOf(tally, history),
    findViolations: () => findViolations(history),
  };
}

/** While this socket is connected, the counters keep their leases. */
async function attachAll(world: World): Promise<void> {
  const { staff, branch } = world;
  for (const { id } of branch.counters)
    await attempt(world, () => staff.emit('counter:attach', { counterId: id }), 'client.closed');
}

const rowsOf = (tally: Tally, { logs }: TicketHistory): [string, string][] => {
  const wait = percentile(tally.waits, 0.5);
  return [
    ['tickets', String(tally.taken)],
    ['tickets served', String(tally.served)],
    ['tickets transferred', String(tally.transferred)],
    ['tickets cancelled', String(tally.cancelled)],
    ['no-shows', String(tally.noShows)],
    ['ticket wait p50', wait === null ? '-' : `${Math.round(wait / 1000)} s`],
    ['ticket events', String([...logs.values()].reduce((sum, log) => sum + log.entries.length, 0))],
  ];
};
