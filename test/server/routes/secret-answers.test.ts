import { expect } from 'chai';
import { z } from 'zod';
import { routes } from '../../../contract/catalogue.ts';
import { defineRoute } from '../../../contract/define.ts';
import { runCommand } from '../../../db/write/run-command.ts';
import { mount } from '../../../server/routes/route.ts';
import { jsonAnswer, rendering } from '../../../server/routes/stored-answer.ts';
import { useServices } from '../../support/services.ts';
import { createCounters, raiseCounter } from '../../write/counters.ts';
import { type Ask, depsOf, serve, tokenOf } from '../app-under-test.ts';

const SECRET = 'whsec_of-no-use';

const create = defineRoute({
  method: 'post',
  path: '/v1/endpoints',
  summary: 'Create an endpoint',
  access: 'user',
  body: z.strictObject({ end: z.enum(['conflict']).optional() }),
  responses: { 201: z.strictObject({ secret: z.string() }) },
  errors: ['match.already_waiting'],
  idempotent: true,
  answerHoldsSecret: true,
});

describe('an answer that holds a secret', () => {
  const services = useServices();
  const token = tokenOf('user');
  const mounted = mount(create, ({ body, db, key: idempotencyKey, requestId }) =>
    runCommand(
      { id: 'a', by: 1, ...(body.end ? { end: body.end } : {}) },
      {
        ...{ db, command: raiseCounter, requestId, key: idempotencyKey },
        render: rendering(() => jsonAnswer(201, { secret: SECRET })),
      },
    ),
  );
  let ask: Ask;
  before(async () => {
    await createCounters(services.db, ['a']);
    ask = await serve(depsOf(services), [mounted]);
  });

  it('is stored sealed, and sent open, the first time and again', async () => {
    const first = await ask('POST', create.path, { token, key: 'k', body: {} });
    const again = await ask('POST', create.path, { token, key: 'k', body: {} });
    expect(first.json).to.deep.equal({ secret: SECRET });
    expect(again.text).to.equal(first.text);
    expect(again.headers.get('idempotency-replayed')).to.equal('true');
    const rows = await services.db('idempotency_answers').select('body');
    expect(rows).to.have.lengthOf(1);
    expect(JSON.stringify(rows)).to.not.contain(SECRET);
  });

  it('needs no encryption key, and a server whose secret was replaced still opens it', async () => {
    const old = 'an-old-secret-of-more-than-32-bytes!!';
    const present = 'a-present-secret-of-more-than-32-bytes';
    const at = (secrets: string) =>
      serve(depsOf(services, { env: { TOKEN_ENCRYPTION_KEYS: '', AUTH_SECRET: secrets } }), [
        mounted,
      ]);
    const call = { token, key: 'rotated', body: {} };
    const first = await (await at(old))('POST', create.path, call);
    const again = await (await at(`${present},${old}`))('POST', create.path, call);
    expect(first.status).to.equal(201);
    expect(again.text).to.equal(first.text);
  });

  it('a conflict comes back as it was, too', async () => {
    const call = { token, key: 'c', body: { end: 'conflict' } };
    const first = await ask('POST', create.path, call);
    const again = await ask('POST', create.path, call);
    expect(first.json).to.include({ status: 409, code: 'match.already_waiting' });
    expect(again.text).to.equal(first.text);
  });

  it('is marked wherever a route answers with a secret', () => {
    const hasSecret = (schema: object) =>
      /"(secret|key|claimToken)":\{/.test(JSON.stringify(z.toJSONSchema(schema as z.ZodType)));
    for (const { path, idempotent, responses, answerHoldsSecret = false } of routes) {
      if (!idempotent) continue;
      const schemas = Object.values(responses).filter((one) => one instanceof z.ZodType);
      expect(answerHoldsSecret, path).to.equal(schemas.some(hasSecret));
    }
  });
});
