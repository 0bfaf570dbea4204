import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { openApi } from '../../../contract/documents/openapi.ts';
import { type Ask, type Call, depsOf, serve } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { createValidator } from '../validator.ts';
import { mountKinds, NOTHING, type Seen } from './handlers.ts';
import * as kinds from './kinds.ts';

const ENDPOINT = '018f3c4e-0000-7000-8000-000000000001';

describe('a raw body', () => {
  const services = useServices();
  const { faultsOf } = createValidator(openApi('1.0.0', 'http://x', { kinds }));
  let seen: Seen;
  const path = '/webhooks/kinds/{endpointId}';
  const at = `/webhooks/kinds/${ENDPOINT}`;
  let server: Ask;
  beforeEach(async () => {
    seen = { ...NOTHING, bodies: [] };
    const deps = depsOf(services, { env: { RATE_LIMITS: 'off' } });
    server = await serve(deps, mountKinds(seen));
  });
  const send = async (call: Call) => {
    const reply = await server('POST', at, call);
    expect(faultsOf('post', path, reply)).to.deep.equal([]);
    return reply;
  };

  it('arrives byte for byte, valid or not', async () => {
    const sent = [
      Buffer.from('{"a" :1,  "a":2}\n'),
      Buffer.from([0xff, 0x00, 0x7b]),
      Buffer.from('{"broken'),
      Buffer.alloc(1024, 'x'),
    ];
    for (const raw of sent) {
      const sha256 = createHash('sha256').update(raw).digest('hex');
      expect((await send({ raw })).json).to.deep.equal({ sha256 });
    }
    expect(Buffer.concat(seen.bodies).equals(Buffer.concat(sent))).to.equal(true);
  });

  it('may be empty', async () => {
    expect((await send({})).status).to.equal(204);
  });

  it('has a limit and media types of its own', async () => {
    expect((await send({ raw: Buffer.alloc(1025) })).json.code).to.equal('request.too_large');
    const text = { raw: 'x', headers: { 'content-type': 'text/plain' } };
    expect((await send(text)).json.code).to.equal('request.unsupported_media_type');
    const packed = { raw: 'x', headers: { 'content-encoding': 'gzip' } };
    expect((await send(packed)).status).to.equal(415);
    expect(seen.bodies).to.deep.equal([]);
  });

  it('takes no idempotency key and asks for no sign-in', async () => {
    for (const raw of ['one', 'two'])
      expect((await send({ raw, key: 'same', token: 'forged' })).status).to.equal(202);
    expect(seen.bodies.map(String)).to.deep.equal(['one', 'two']);
  });

  it('is limited by its sender, and not by the limits of people', async () => {
    const rates = { general: { points: 1, seconds: 60 } };
    const deps = depsOf(services, { env: { RATE_LIMITS: 'on' }, rates });
    server = await serve(deps, mountKinds(seen));
    for (let i = 0; i < kinds.SENDER.burst; i++)
      expect((await send({ raw: 'x' })).status).to.equal(202);
    const refused = await send({ raw: 'x' });
    expect(refused.json.code).to.equal('rate.limited');
    expect(refused.headers.get('retry-after')).to.equal('1');
    const other = ENDPOINT.replace(/1$/, '2');
    const reply = await server('POST', `/webhooks/kinds/${other}`, { raw: 'x' });
    expect(reply.status).to.equal(202);
  });
});
