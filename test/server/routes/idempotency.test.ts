import { expect } from 'chai';
import { z } from 'zod';
import { defineRoute } from '../../../contract/define.ts';
import { purgeIdempotencyKeys } from '../../../db/idempotency.ts';
import { FoyerError } from '../../../errors.ts';
import { mount } from '../../../server/routes/route.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type Ask, type Call, depsOf, serve, tokenOf } from '../app-under-test.ts';

const body = z.strictObject({
  name: z.string(),
  end: z.string().optional(),
  b: z.int().optional(),
});
const post = (path: string, access: 'public' | 'user') =>
  defineRoute({
    method: 'post',
    path,
    summary: 'Keep a name',
    access,
    body,
    responses: { 201: z.looseObject({}) },
    idempotent: true,
  });

describe('idempotency keys', () => {
  const services = useServices();
  let ask: Ask;
  let ran = 0;
  let announced: string[] = [];
  let deadlocks = 0;
  /** The handler goes on when it resolves. */
  let until: Promise<unknown> = Promise.resolve();

  const keep = (path: string, access: 'public' | 'user') =>
    mount(post(path, access), async ({ body, db, afterCommit }) => {
      ran += 1;
      await db('names').insert({ name: body.name });
      afterCommit(() => announced.push(body.name));
      if (body.end === 'conflict') {
        throw new FoyerError('match.already_waiting', { details: { name: body.name } });
      }
      if (body.end === 'invalid') throw new FoyerError('request.invalid');
      await until;
      if (body.end === 'break') throw new Error('broken');
      if (body.end === 'deadlock' && deadlocks++ === 0) {
        throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      }
      return { status: 201, body: { z: 1, name: body.name, a: 2 } };
    });

  const token = tokenOf('user');
  const send = (key: string | undefined, body: object, call: Call = {}, path = '/v1/names') =>
    ask('POST', path, { token, body, ...(key === undefined ? {} : { key }), ...call });
  const names = async () => (await services.db('names').select('name')).map(({ name }) => name);
  const keys = () => services.db('idempotency_keys').select();
  /** So many requests wait in the database for the one that holds their key. */
  const othersWait = (count: number) =>
    waitFor(
      async () => {
        const { rows } = await services.db.raw(
          `select 1 from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows.length === count;
      },
      { what: `${count} waiting requests` },
    );

  before(async () => {
    await services.db.schema.createTable('names', (table) => table.text('name').notNullable());
    const routes = [keep('/v1/names', 'user'), keep('/v1/guests', 'public')];
    ask = await serve(depsOf(services), routes);
  });
  beforeEach(async () => {
    ran = 0;
    deadlocks = 0;
    announced = [];
    until = Promise.resolve();
    await services.db('names').delete();
    await services.db('idempotency_keys').delete();
  });

  it('gives the first answer again, to the byte, and runs nothing', async () => {
    const first = await send('k', { name: 'a', b: 1 });
    const again = await send('k', { b: 1, name: 'a' });
    expect([first.status, again.status]).to.deep.equal([201, 201]);
    expect(again.text).to.equal(first.text);
    expect(first.headers.get('idempotency-replayed')).to.equal(null);
    expect(again.headers.get('idempotency-replayed')).to.equal('true');
    expect(ran).to.equal(1);
    expect(await names()).to.deep.equal(['a']);
    await waitFor(() => announced.length === 1);
  });

  it('runs equal requests that arrive at once one time', async () => {
    until = othersWait(7);
    const replies = await Promise.all(Array.from({ length: 8 }, () => send('k', { name: 'a' })));
    expect(new Set(replies.map((reply) => `${reply.status} ${reply.text}`))).to.have.lengthOf(1);
    expect(replies[0]?.status).to.equal(201);
    expect(ran).to.equal(1);
    expect(await names()).to.deep.equal(['a']);
  });

  it('refuses another body, another path of the same key with 422', async () => {
    await send('k', { name: 'a' });
    const other = await send('k', { name: 'b' });
    expect(other.json).to.include({ status: 422, code: 'idempotency.mismatch' });
    const path = await send('k', { name: 'a' }, {}, '/v1/guests');
    expect(path.json.code).to.equal('idempotency.mismatch');
    expect(await names()).to.deep.equal(['a']);
  });

  it('keeps a conflict as the answer, and undoes its effect', async () => {
    const first = await send('k', { name: 'a', end: 'conflict' });
    const again = await send('k', { name: 'a', end: 'conflict' });
    expect(first.status).to.equal(409);
    expect(first.json.details).to.deep.equal({ name: 'a' });
    expect(again.status).to.equal(409);
    expect(again.text).to.equal(first.text);
    expect(again.headers.get('content-type')).to.contain('application/problem+json');
    expect(ran).to.equal(1);
    expect(await names()).to.deep.equal([]);
    expect(announced).to.deep.equal([]);
  });

  for (const end of ['invalid', 'break']) {
    it(`keeps nothing of a request that ended as ${end}, the key included`, async () => {
      const reply = await send('k', { name: 'a', end });
      expect(reply.status).to.equal(end === 'break' ? 500 : 400);
      expect(await keys()).to.deep.equal([]);
      expect(await names()).to.deep.equal([]);
      expect(announced).to.deep.equal([]);
      expect((await send('k', { name: 'b' })).status).to.equal(201);
    });
  }

  it('keeps nothing of a body that did not parse', async () => {
    expect((await send('k', { name: 1 })).status).to.equal(400);
    expect(await keys()).to.deep.equal([]);
  });

  it('lets the next one run when the holder of the key fails', async () => {
    until = othersWait(1);
    const failing = send('k', { name: 'a', end: 'break' });
    await waitFor(() => ran === 1);
    const second = send('k', { name: 'b' });
    expect((await failing).status).to.equal(500);
    expect((await second).status).to.equal(201);
    expect(await names()).to.deep.equal(['b']);
  });

  it('tries once more after a deadlock', async () => {
    expect((await send('k', { name: 'a', end: 'deadlock' })).status).to.equal(201);
    expect(ran).to.equal(2);
    expect(await names()).to.deep.equal(['a']);
    await waitFor(() => announced.length > 0);
    expect(announced).to.deep.equal(['a']);
  });

  it('keeps the keys of two people apart', async () => {
    await send('k', { name: 'a' });
    const other = await send('k', { name: 'b' }, { token: tokenOf('user') });
    expect(other.status).to.equal(201);
    expect(await names()).to.have.members(['a', 'b']);
  });

  it('scopes an anonymous key to its route and address', async () => {
    const reply = await ask('POST', '/v1/guests', { key: 'k', body: { name: 'a' } });
    expect(reply.status).to.equal(201);
    expect((await keys())[0].scope).to.equal('anon:post /v1/guests:127.0.0.1');
  });

  it('runs again after a day, and refuses an overlong key', async () => {
    await send('k', { name: 'a' });
    await services.db('idempotency_keys').update({
      created_at: services.db.raw("now() - interval '24 hours'"),
    });
    expect((await send('k', { name: 'b' })).status).to.equal(201);
    expect(await names()).to.have.members(['a', 'b']);
    const long = await send('x'.repeat(256), { name: 'c' });
    expect(long.json.errors[0].path).to.equal('Idempotency-Key');
    expect((await send('x'.repeat(255), { name: 'c' })).status).to.equal(201);
  });

  it('without a key runs every time, and what is for afterwards after it', async () => {
    await send(undefined, { name: 'a' });
    await send(undefined, { name: 'a' });
    await waitFor(() => announced.length === 2);
    expect(await names()).to.deep.equal(['a', 'a']);
  });

  it('purges what is past its time', async () => {
    for (const key of ['old', 'new']) await send(key, { name: key });
    await services
      .db('idempotency_keys')
      .where({ key: 'old' })
      .update({
        created_at: services.db.raw("now() - interval '25 hours'"),
      });
    expect(await purgeIdempotencyKeys(services.db)).to.equal(1);
    expect((await keys()).map(({ key }) => key)).to.deep.equal(['new']);
  });
});
