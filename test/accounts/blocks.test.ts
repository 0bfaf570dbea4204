import { expect } from 'chai';
import { bounds } from '../../config.ts';
import type { PublicProfile, Tokens } from '../../contract/accounts.ts';
import type { ProblemDocument } from '../../contract/problem.ts';
import { newId } from '../../ids.ts';
import { useServices } from '../support/services.ts';
import { startApp, type TestApp } from './start-app.ts';

interface Page {
  items: PublicProfile[];
  nextCursor: string | null;
}

describe('accounts: blocks', () => {
  const services = useServices();
  let app: TestApp;
  let me: Tokens;
  before(async () => {
    app = await startApp(services);
  });
  after(() => app.close());
  beforeEach(async () => {
    me = await app.guest('Ada');
  });

  const change = (method: string, userId: string) =>
    app.call(method, `/v1/me/blocks/${userId}`, { token: me.accessToken });
  const list = (query = '') =>
    app.call<Page & ProblemDocument>('GET', `/v1/me/blocks?${query}`, { token: me.accessToken });
  /** Creates many users. */
  const crowd = async (size: number): Promise<string[]> => {
    const ids = Array.from({ length: size }, newId);
    await services.db.raw(
      `insert into users (id, display_name) select id, 'One of many' from unnest(?::uuid[]) as id`,
      [ids],
    );
    return ids;
  };

  it('are created once, sent to matchmaking, listed and removed', async () => {
    const { user } = await app.register('bea');
    expect((await change('PUT', user.id)).status).to.equal(204);
    expect((await change('PUT', user.id)).status).to.equal(204);
    expect(app.enqueued).to.deep.include({
      job: 'matchmaking.avoid-pair',
      payload: { userId: me.user.id, otherId: user.id },
    });
    expect((await list()).body).to.deep.equal({
      items: [{ id: user.id, username: 'bea', displayName: 'bea' }],
      nextCursor: null,
    });
    expect((await change('DELETE', user.id)).status).to.equal(204);
    expect((await change('DELETE', user.id)).status).to.equal(204);
    expect((await list()).body.items).to.deep.equal([]);
  });

  it('need another, existing user', async () => {
    const told = app.enqueued.length;
    expect((await change('PUT', me.user.id)).body.code).to.equal('request.invalid');
    expect((await change('PUT', newId())).body.code).to.equal('user.not_found');
    expect((await change('PUT', 'nobody')).body.code).to.equal('request.invalid');
    expect((await change('DELETE', newId())).status).to.equal(204);
    expect(app.enqueued.length).to.equal(told);
  });

  it('are bounded, also under concurrency; repeating one does not count', async () => {
    const ids = await crowd(bounds.blocksPerUser + 4);
    const kept = ids.slice(0, bounds.blocksPerUser - 1);
    await services.db.raw(
      'insert into blocks (user_id, blocked_id) select ?, id from unnest(?::uuid[]) as id',
      [me.user.id, kept],
    );
    const late = await Promise.all(
      ids.slice(bounds.blocksPerUser - 1).map((id) => change('PUT', id)),
    );
    expect(late.filter((reply) => reply.status === 204)).to.have.length(1);
    const refused = late.filter((reply) => reply.status !== 204);
    expect(new Set(refused.map((reply) => reply.body.code))).to.deep.equal(
      new Set(['account.too_many_blocks']),
    );
    expect((await change('PUT', kept[0] ?? '')).status).to.equal(204);
  });

  it('are listed page by page, without gaps or repeats', async () => {
    const ids = await crowd(7);
    for (const id of ids) await change('PUT', id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = `limit=3${cursor ? `&cursor=${cursor}` : ''}`;
      const page: Page = (await list(query)).body;
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).to.deep.equal([...ids].sort());
    expect((await list('cursor=bm9uc2Vuc2U')).body.code).to.equal('request.invalid');
  });

  it('do not deadlock when two users block each other concurrently', async () => {
    const other = await app.guest('Bea');
    for (let round = 0; round < 5; round += 1) {
      const replies = await Promise.all([
        change('PUT', other.user.id),
        app.call('PUT', `/v1/me/blocks/${me.user.id}`, { token: other.accessToken }),
      ]);
      expect(replies.map((reply) => reply.status)).to.deep.equal([204, 204]);
      await Promise.all([
        change('DELETE', other.user.id),
        app.call('DELETE', `/v1/me/blocks/${me.user.id}`, { token: other.accessToken }),
      ]);
    }
  });
});
