import * as contract from '../../../../contract/tickets.ts';
import { mintAccessToken } from '../../../../db/accounts/sign-in/access-token.ts';
import type { Db } from '../../../../db/knex.ts';
import { createCounter } from '../../../../db/tickets/counters/create-counter.ts';
import { createQueue } from '../../../../db/tickets/queues/create-queue.ts';
import type { BatchCommand } from '../../../../db/write/command.ts';
import { runCommand } from '../../../../db/write/run-command.ts';
import { newId } from '../../../../ids.ts';
import { SECRET } from '../../world/world.ts';

/** Where the people of a run wait. */
export interface Place {
  /** Of the staff, for the whole run. */
  token: string;
  /** Served by counters. The first one is relayed to a stream. */
  queueIds: string[];
  /** Served by workers outside, who take what is reserved. */
  autoQueueId: string;
  /** Only probes come here. */
  probeQueueId: string;
  counterIds: string[];
}

/** The shortest one, so that a run sees leases run out. */
const LEASE_SECONDS = 5;
const DAY_SECONDS = 86_400;
const QUEUES = [
  { slug: 'first', name: 'First', stream: true, noShow: { maxCalls: 2, requeueAfter: 2 } },
  { slug: 'second', name: 'Second' },
  { slug: 'auto', name: 'Auto', mode: 'auto', autoCapacity: 3 },
  { slug: 'probes', name: 'Probes' },
];
/** Places in QUEUES by counter. */
const SERVES = [[0], [0], [0, 1], [0, 1], [1], [1]];

/** Opens the queues and counters of a run, before its first process starts. */
export async function openPlace(db: Db): Promise<Place> {
  const staffId = newId();
  await db('users').insert({ id: staffId, display_name: 'Staff', role: 'staff' });
  for (const queue of QUEUES) {
    const settings = { leaseSeconds: LEASE_SECONDS, targetWaitSeconds: DAY_SECONDS, ...queue };
    await create(db, createQueue, contract.createQueue.body?.parse(settings));
  }
  const queueIds = await idsOf(db, 'queues');
  for (const [at, places] of SERVES.entries()) {
    const served = places.map((place) => queueIds[place]);
    const counter = { name: `Desk ${at + 1}`, state: 'open', queueIds: served };
    await create(db, createCounter, contract.createCounter.body?.parse(counter));
  }
  const claims = { userId: staffId, role: 'staff', version: 1, familyId: null } as const;
  return {
    token: await mintAccessToken({ authSecrets: [SECRET] }, claims, DAY_SECONDS),
    queueIds: queueIds.slice(0, 2),
    ...{ autoQueueId: queueIds[2] ?? '', probeQueueId: queueIds[3] ?? '' },
    counterIds: await idsOf(db, 'counters'),
  };
}

async function create<Input, Facts, Result>(
  db: Db,
  command: BatchCommand<Input, Facts, Result, void>,
  input: Input | undefined,
): Promise<void> {
  if (input === undefined) throw new Error('the route has no body');
  await runCommand(input, {
    ...{ db, command, requestId: 'chaos' },
    render: () => ({ status: 201, text: null }),
  });
}

const idsOf = async (db: Db, table: string): Promise<string[]> =>
  (await db(table).select('id').orderBy('id')).map(({ id }) => String(id));
