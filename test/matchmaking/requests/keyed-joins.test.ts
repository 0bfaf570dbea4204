import { expect } from 'chai';
import { type Db, openDb } from '../../../db/knex.ts';
import { createMatchmaking } from '../../../server/matchmaking/operations.ts';
import { matchmakingRoutes } from '../../../server/matchmaking/requests/routes.ts';
import { type Ask, depsOf, serve, tokenOf } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { addUsers, learnsEnglish } from '../fixtures.ts';
import { clear, opened, requestsOf, rollBackOpened, whenBlocked } from '../matches.ts';

describe('matchmaking: joins with a key over HTTP', () => {
  const t = useServices();
  let db: Db;
  let ask: Ask;
  const pushed: { requestId?: string; to: string | undefined }[] = [];

  before(async () => {
    // A server's own pool: what waits for a second connection while it holds one shows here.
    db = openDb(
      { DATABASE_URL: t.databaseUrl, DB_POOL_MIN: 0, DB_POOL_MAX: 10 },
      { acquireMs: 5_000 },
    );
    const deps = depsOf(t, {
      deps: {
        db,
        push: (to, _event, payload) =>
          void pushed.push({
            to: 'people' in to ? to.people[0] : undefined,
            ...(payload as { requestId?: string }),
          }),
      },
    });
    ask = await serve(
      deps,
      matchmakingRoutes(
        deps,
        createMatchmaking(deps, () => {}),
      ),
    );
  });
  beforeEach(() => clear(t));
  afterEach(rollBackOpened);
  after(() => db.destroy());

  const join = (userId: string, key: string) =>
    ask('POST', '/v1/match-requests', { token: tokenOf('user', userId), key, body: learnsEnglish });

  it('all succeed at once on a cold server', async () => {
    const people = await addUsers(t.db, 60);
    const replies = await Promise.all(people.map((userId) => join(userId, 'first')));
    expect(replies.map(({ status }) => status)).to.deep.equal(Array(60).fill(201));
    const again = await Promise.all(people.map((userId) => join(userId, 'first')));
    expect(again.map(({ text }) => text)).to.deep.equal(replies.map(({ text }) => text));
    expect(again[0]?.headers.get('idempotency-replayed')).to.equal('true');
    expect(await t.db('match_requests')).to.have.length(60);
  });

  it('leave out the wait, and take the place in the queue from the clock of PostgreSQL', async () => {
    const people = await addUsers(t.db, 3);
    const replies = await Promise.all(people.map((userId) => join(userId, 'k')));
    expect(replies.map(({ json }) => json.wait)).to.deep.equal([null, null, null]);
    const { rows } = await t.db.raw(
      `select (extract(epoch from joined_at) * 1000000)::bigint::text as us,
              expires_at - joined_at between '299 s' and '300 s' as ends
         from match_requests order by joined_at`,
    );
    expect(new Set(rows.map(({ us }: { us: string }) => us)).size).to.equal(3);
    expect(rows.map(({ ends }: { ends: boolean }) => ends)).to.deep.equal([true, true, true]);
  });

  it('do not wait for a stranger whose row is locked, who is answered when the lock goes', async () => {
    const [ana = '', ...others] = await addUsers(t.db, 5);
    const held = await opened(t, (_, knex) =>
      knex.raw('select 1 from users where id = ? for update', [ana]),
    );
    let isAnswered = false;
    const waiting = join(ana, 'k').finally(() => {
      isAnswered = true;
    });
    const replies = await Promise.all(others.map((userId) => join(userId, 'k')));
    expect(replies.map(({ status }) => status)).to.deep.equal([201, 201, 201, 201]);
    await whenBlocked(t);
    expect(isAnswered).to.equal(false);
    await held.commit();
    expect((await waiting).status).to.equal(201);
    expect(await requestsOf(t, ana)).to.have.length(1);
  });

  it('return to each person the id of their own request', async () => {
    pushed.length = 0;
    const people = await addUsers(t.db, 4);
    const replies = await Promise.all(people.map((userId) => join(userId, 'k')));
    await waitFor(() => pushed.length === 4);
    for (const [at, userId] of people.entries()) {
      const own = pushed.find(({ to }) => to === userId);
      expect(own?.requestId).to.equal(replies[at]?.headers.get('x-request-id'));
    }
  });
});
