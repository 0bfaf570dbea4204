import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { LoggedEvent, Queue, Ticket } from '../../contract/tickets.ts';
import { findOrCreateUser } from '../../db/accounts/create-user.ts';
import { mintAccessToken } from '../../db/accounts/sign-in/access-token.ts';
import { streamOf } from '../../db/tickets/log/stream.ts';
import { FLEET_SECRET, useFleet } from '../support/fleet.ts';
import { waitFor } from '../support/wait-for.ts';

const PATIENCE = { timeoutMs: 60_000 };
const root = fileURLToPath(new URL('../../', import.meta.url));
/** The worker of docs/tickets-worker.md. */
const program = () =>
  /^```js\n([\s\S]*?)^```$/m.exec(readFileSync(`${root}docs/tickets-worker.md`, 'utf8'))?.[1] ?? '';

describe('fleet: the streams of queues', function () {
  this.timeout(180_000);
  const fleet = useFleet({ servers: 1, workers: 1 });
  const outside: ChildProcess[] = [];
  let token: string;

  before(async () => {
    const user = { username: 'desk', role: 'staff' as const };
    const { id, role, version } = await findOrCreateUser(fleet.services.db, user);
    const claims = { userId: id, role, version, familyId: null };
    token = await mintAccessToken({ authSecrets: [FLEET_SECRET] }, claims, 3_600);
  });
  after(async () => {
    for (const child of outside) await kill(child);
  });

  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${fleet.servers[0]?.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const answer = await response.json();
    expect(response.ok, JSON.stringify(answer)).to.equal(true);
    return answer as T;
  }
  const addQueue = (slug: string, settings: object) =>
    ask<Queue>('POST', '/v1/queues', { slug, name: slug, ...settings });
  const take = ({ id }: Queue) => ask<Ticket>('POST', `/v1/queues/${id}/tickets`, {});
  const typesOf = async ({ id }: { id: string }) =>
    (await ask<{ items: LoggedEvent[] }>('GET', `/v1/tickets/${id}/history`)).items.map(
      ({ type }) => type.replace('ticket.', ''),
    );
  const isDone = async ({ id }: { id: string }) =>
    (await ask<Ticket>('GET', `/v1/tickets/${id}`)).state === 'done';

  function startWorker(queue: Queue, workMs: number): ChildProcess {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program()], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        FOYER_URL: fleet.servers[0]?.url,
        FOYER_TOKEN: token,
        REDIS_URL: fleet.redisUrl,
        QUEUE_ID: queue.id,
        LEASE_SECONDS: String(queue.leaseSeconds),
        WORK_MS: String(workMs),
      },
    });
    outside.push(child);
    return child;
  }
  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  /** The workers of a queue have made their group. */
  const isListening = ({ id }: Queue) =>
    waitFor(
      async () => {
        const groups = (await fleet.redis.xinfo('GROUPS', streamOf(id))) as unknown[];
        return groups.length > 0;
      },
      { ...PATIENCE, what: 'the group' },
    );
  const seqsOf = async ({ id }: Queue) =>
    (await fleet.redis.xrange(streamOf(id), '-', '+')).map(([entry]) =>
      Number(entry.split('-')[0]),
    );
  async function expectWhole(queue: Queue): Promise<void> {
    const [row] = await fleet.services.db('queues').where({ id: queue.id }).select('event_seq');
    const head = Number(row?.event_seq);
    await waitFor(async () => (await seqsOf(queue)).at(-1) === head, { ...PATIENCE, what: 'head' });
    expect(await seqsOf(queue)).to.deep.equal(Array.from({ length: head }, (_, n) => n + 1));
  }

  it('skip nothing while the workers of Foyer are killed, and come back after FLUSHALL', async () => {
    const queue = await addQueue('streamed', { stream: true });
    let count = 0;
    for (let round = 0; round < 3; round += 1) {
      const taking = (async () => {
        for (let n = 0; n < 40; n += 1) await take(queue);
      })();
      await waitFor(async () => (await seqsOf(queue)).length > count, {
        ...PATIENCE,
        what: 'the first entries',
      });
      await fleet.workers.at(-1)?.kill();
      await fleet.start('worker');
      await taking;
      count += 40;
      await expectWhole(queue);
    }
    await fleet.redis.flushall();
    await expectWhole(queue);
    await take(queue);
    await expectWhole(queue);
  });

  it('feed the worker of docs/tickets-worker.md, which renews its lease', async () => {
    const queue = await addQueue('automatic', { mode: 'auto', autoCapacity: 2, leaseSeconds: 5 });
    for (let n = 0; n < 2; n += 1) startWorker(queue, 7_000);
    await isListening(queue);
    const tickets = [await take(queue), await take(queue)];
    for (const ticket of tickets)
      await waitFor(() => isDone(ticket), { ...PATIENCE, what: 'the end of the work' });
    for (const ticket of tickets) {
      const types = await typesOf(ticket);
      expect([types[0], types[1], types.at(-1)]).to.deep.equal([
        'created',
        'reserved',
        'completed',
      ]);
      expect(types.filter((type) => type === 'progressed')).to.have.length.above(2);
      expect(types).to.not.include('returned');
    }
  });

  it('give the ticket of a worker that is killed to another one', async () => {
    const queue = await addQueue('killed', { mode: 'auto', autoCapacity: 1, leaseSeconds: 5 });
    const victim = startWorker(queue, 600_000);
    await isListening(queue);
    const ticket = await take(queue);
    await waitFor(async () => (await typesOf(ticket)).includes('progressed'), {
      ...PATIENCE,
      what: 'its first report',
    });
    await kill(victim);
    startWorker(queue, 10);
    await waitFor(() => isDone(ticket), { ...PATIENCE, what: 'the end of the work' });
    const types = await typesOf(ticket);
    expect(types.filter((type) => type === 'reserved')).to.have.length(2);
    expect(types).to.include('returned');
  });
});
