import { expect } from 'chai';
import { type Fleet, useFleet } from '../support/fleet.ts';
import { connect, type Person } from '../support/person.ts';
import { waitFor } from '../support/wait-for.ts';

/** How many transactions wait for the rows of people: `create-sessions` does, in these tests. */
async function blockedWorkers({ services }: Fleet): Promise<number> {
  const { rows } = await services.db.raw(
    `select count(*)::int as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'
        and query like '%for no key update%'`,
  );
  return rows[0].count;
}
const countClaims = (fleet: Fleet) => fleet.redis.zcard('{mm:default}:holds');

describe('fleet: workers die', () => {
  const fleet = useFleet({ servers: 2, workers: 1 });
  const people: Person[] = [];
  afterEach(() => {
    for (const person of people.splice(0)) person.close();
  });

  /** Two joined people, claimed by a worker that cannot commit: the test holds a row lock it needs. */
  async function claimedPair() {
    const [one, two] = fleet.servers;
    const [ana, bob] = [await connect(one?.url ?? ''), await connect(two?.url ?? '')];
    people.push(ana, bob);
    await ana.join(['es'], ['en']);
    const lock = await fleet.services.db.transaction();
    await lock.raw('select from users where id = ? for update', [ana.userId]);
    await bob.join(['en'], ['es']);
    await waitFor(() => blockedWorkers(fleet), { what: 'create-sessions waiting for the lock' });
    return { ana, bob, lock };
  }
  const sessionsOf = ({ userId }: Person) =>
    fleet.services.db('sessions').where({ practice_user_id: userId });

  it('between the claim and the commit: both are matched all the same', async () => {
    const { ana, bob, lock } = await claimedPair();
    expect(await countClaims(fleet)).to.equal(1);
    await fleet.workers[0]?.kill();
    await lock.rollback();
    expect(await sessionsOf(ana)).to.deep.equal([]);

    await fleet.start('worker');
    const [atAna, atBob] = await Promise.all([ana.found(20_000), bob.found(20_000)]);
    expect(atAna.id).to.equal(atBob.id);
    expect(await sessionsOf(ana)).to.have.length(1);
    await waitFor(async () => (await countClaims(fleet)) === 0, { what: 'the claim to end' });
  });

  it('between the commit and the push: the worker that takes over pushes to both', async () => {
    const { ana, bob, lock } = await claimedPair();
    // Redis answers nobody for a while: the commit goes through, the push does not.
    await fleet.redis.client('PAUSE', 30_000, 'ALL');
    await lock.rollback();
    await waitFor(async () => (await sessionsOf(ana)).length, { what: 'the session' });
    await fleet.workers.at(-1)?.kill();
    await fleet.stopRedis();
    await fleet.startRedis();
    expect(ana.heard.some(({ event }) => event === 'match:found')).to.equal(false);

    await fleet.start('worker');
    const [atAna, atBob] = await Promise.all([ana.found(20_000), bob.found(20_000)]);
    expect(atAna.id).to.equal(atBob.id);
  });

  it('a server: its people come back on another one and lose nothing', async () => {
    const third = await fleet.start('server');
    const ana = await connect(third.url);
    people.push(ana);
    const before = await ana.join(['ja'], ['ko']);
    await third.kill();
    const back = await connect(fleet.servers[0]?.url ?? '', ana.tokens);
    people.push(back);
    const { payload } = await back.hears('state:current');
    expect(payload).to.deep.include({ session: null });
    expect((payload as { matchRequest: { id: string; state: string } }).matchRequest).to.include({
      id: before.id,
      state: 'waiting',
      joinedAt: before.joinedAt,
    });
  });
});
