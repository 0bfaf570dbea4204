import type { Client } from '../../../client/create-client.ts';
import type { Counter, Queue } from '../../../contract/tickets.ts';

/** The queues and counters of the demo. They are kept closed between two runs. */
export interface Branch {
  queues: Queue[];
  counters: Counter[];
}

const QUEUES = [
  { slug: 'foyer-demo-information', name: 'Demo information', prefix: 'X' },
  { slug: 'foyer-demo-passports', name: 'Demo passports', prefix: 'Y' },
  { slug: 'foyer-demo-vehicles', name: 'Demo vehicles', prefix: 'Z' },
] as const;
/** A no-show of the last queue may come back once. */
const settingsOf = (at: number) => ({
  ...({ state: 'open', hours: null, maxWaiting: 500, leaseSeconds: 60 } as const),
  noShow: { maxCalls: 2, requeueAfter: at === QUEUES.length - 1 ? 1 : null },
});
/** Places in QUEUES by counter. */
const SERVES = [[0], [0], [0, 1], [1], [1, 2], [2]];
const nameOf = (at: number) => `Demo counter ${at + 1}`;
const LEFT = ['waiting', 'called', 'processing', 'held'];
const PAGE = 100;

/** Opens the branch, with what an earlier run left. @throws {ClientError} the server does not know queues */
export async function openBranch({ http }: Client): Promise<Branch> {
  const known = await pages((page) => http.listQueues(page));
  const queues: Queue[] = [];
  for (const [at, { slug, name, prefix }] of QUEUES.entries()) {
    const found = known.find((queue) => queue.slug === slug);
    const settings = { ...settingsOf(at), name, prefix };
    queues.push(
      found
        ? await http.changeQueue({ id: found.id, version: found.version, ...settings })
        : await http.createQueue({ slug, ...settings }),
    );
  }
  await endTickets(http, queues);
  const listed = await pages((page) => http.listCounters(page));
  const counters: Counter[] = [];
  for (const [at, places] of SERVES.entries()) {
    const name = nameOf(at);
    const queueIds = places.map((place) => queues[place]?.id ?? '');
    const found = listed.find((counter) => counter.name === name);
    const settings = { queueIds, state: 'open' } as const;
    counters.push(
      found
        ? await http.changeCounter({ id: found.id, version: found.version, ...settings })
        : await http.createCounter({ name, ...settings }),
    );
  }
  return { queues, counters };
}

/** Ends everybody who is left in these queues. */
export async function endTickets(http: Client['http'], queues: readonly Queue[]): Promise<void> {
  for (const { id: queueId } of queues) {
    const left = await pages((page) =>
      http.listTickets({ id: queueId, state: LEFT.join(','), ...page }),
    );
    for (const { id, version, state } of left)
      if (state === 'processing') await http.completeTicket({ id, version });
      else await http.cancelTicket({ id, version, reason: 'the demo is over' });
  }
}

/** Closes everything, so that nobody waits for staff who are not there. */
export async function closeBranch(http: Client['http'], { queues }: Branch): Promise<void> {
  const names = SERVES.map((_, at) => nameOf(at));
  for (const { id, name, version } of await pages((page) => http.listCounters(page)))
    if (names.includes(name)) await http.changeCounter({ id, version, state: 'closed' });
  for (const { id } of queues) {
    const { version } = await http.readQueue({ id });
    await http.changeQueue({ id, version, state: 'closed' });
  }
}

async function pages<Item>(
  read: (page: { limit: number; cursor?: string }) => Promise<{
    items: readonly Item[];
    nextCursor: string | null;
  }>,
): Promise<Item[]> {
  const all: Item[] = [];
  let cursor: string | null = null;
  do {
    const page = await read({ limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}
