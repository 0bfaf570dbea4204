import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { z } from 'zod';
import { defineRoute } from '../../../contract/define.ts';
import { runCommand } from '../../../db/write/run-command.ts';
import { mount } from '../../../server/routes/route.ts';
import { type AnswerSeal, jsonAnswer, rendering } from '../../../server/routes/stored-answer.ts';
import { useServices } from '../../support/services.ts';
import { createCounters, raiseCounter } from '../../write/counters.ts';
import { type Ask, depsOf, serve, tokenOf } from '../app-under-test.ts';

const key = randomBytes(32);
const answerSeal: AnswerSeal = {
  seal: (text) => {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    const parts = [iv, cipher.update(text), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(parts).toString('base64');
  },
  open: (sealed) => {
    const bytes = Buffer.from(sealed, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(-16));
    return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
  },
};
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
        render: rendering(() => jsonAnswer(201, { secret: SECRET }), answerSeal),
      },
    ),
  );
  let ask: Ask;
  before(async () => {
    await createCounters(services.db, ['a']);
    ask = await serve(depsOf(services, { deps: { answerSeal } }), [mounted]);
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

  it('a conflict comes back as it was, too', async () => {
    const call = { token, key: 'c', body: { end: 'conflict' } };
    const first = await ask('POST', create.path, call);
    const again = await ask('POST', create.path, call);
    expect(first.json).to.include({ status: 409, code: 'match.already_waiting' });
    expect(again.text).to.equal(first.text);
  });

  it('is not mounted where nothing seals it', async () => {
    const refused = await serve(depsOf(services), [mounted]).catch((error: Error) => error.message);
    expect(refused).to.contain('nothing seals its answers');
  });
});
