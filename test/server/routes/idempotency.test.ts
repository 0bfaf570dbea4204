import { expect } from 'chai';
import { z } from 'zod';
import { defineRoute } from '../../../contract/define.ts';
import { FoyerError } from '../../../contract/errors.ts';
import type { BatchCommand } from '../../../db/write/command.ts';
import { purgeIdempotencyKeys } from '../../../db/write/purge-answers.ts';
import { runCommand } from '../../../db/write/run-command.ts';
import { defineStatement } from '../../../db/write/statement.ts';
import { mount } from '../../../server/routes/route.ts';
import { jsonAnswer, rendering } from '../../../server/routes/stored-answer.ts';
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

const pause = defineStatement('select pg_sleep($1)');
const insertName = defineStatement('insert into names (name) values ($1)');

describe('idempotency keys', () => {
  const services = useServices();
  let ask: Ask;
  let ran = 0;
  let announced: string[] = [];
  let deadlocks = 0;

  const command: BatchCommand<z.output<typeof body>, unknown, object, string[]> = {
    name: 'keep-name',
    subjectsOf: () => [],
    read: (trx, [input]) =>
      trx.read(pause, [input?.end?.endsWith('slow') || input?.end?.endsWith('slowly') ? 0.2 : 0]),
    decide(_facts, [input]) {
      ran += 1;
      const { name = '', end } = input ?? {};
      const writes = [{ statement: insertName, values: [name] }];
      const conflict = new FoyerError('match.already_waiting', { details: { name } });
      if (end === 'conflict') return { outcomes: [{ error: conflict }], writes: [], effects: [] };
      if (end === 'invalid')
        return {
          outcomes: [{ error: new FoyerError('request.invalid') }],
          writes: [],
          effects: [],
        };
      if (end?.startsWith('break')) throw new Error('broken');
      if (end === 'deadlock' && deadlocks++ === 0)
        throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      return { outcomes: [{ ok: { z: 1, name, a: 2 } }], writes, effects: [name] };
    },
  };
  const render = rendering((result: object) => jsonAnswer(201, result));
  const keep = (path: string, access: 'public' | 'user') =>
    mount(post(path, access), ({ body, db, key, requestId }) =>
      runCommand(body, {
        ...{ db, command, render, key, requestId },
        applyEffects: async (names) => void announced.push(...names),
      }),
    );

  const token = tokenOf('user');
  const send = (key: string | undefined, body: object, call: Call = {}, path = '/v1/names') =>
    ask('POST', path, { token, body, ...(key === undefined ? {} : { key }), ...call });
  const names = async () => (await services.db('names').select('name')).map(({ name }) => name);
  const keys = () => services.db('idempotency_answers').select();

  before(async () => {
    await services.db.schema.createTable('names', (table) => table.text('name').notNullable());
    const routes = [keep('/v1/names', 'user'), keep('/v1/guests', 'public')];
    ask = await serve(depsOf(services), routes);
  });
  beforeEach(async () => {
    ran = 0;
    deadlocks = 0;
    announced = [];
    await services.db('names').delete();
    await services.db('idempotency_answers').delete();
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
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => send('k', { name: 'a', end: 'slow' })),
    );
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
    const failing = send('k', { name: 'a', end: 'break slowly' });
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
    await services.db('idempotency_answers').update({
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

  it('purges what the release before this one has stored, past its time', async () => {
    const row = { scope: 's', request_hash: Buffer.from(''), status: 201 };
    const created_at = services.db.raw("now() - interval '25 hours'");
    await services.db('idempotency_keys').insert([{ ...row, key: 'old', created_at }]);
    await services.db('idempotency_keys').insert([{ ...row, key: 'new' }]);
    expect(await purgeIdempotencyKeys(services.db)).to.equal(1);
    const left = await services.db('idempotency_keys').select('key');
    expect(left).to.deep.equal([{ key: 'new' }]);
  });
});
