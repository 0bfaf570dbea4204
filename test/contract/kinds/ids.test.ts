import { expect } from 'chai';
import fc from 'fast-check';
import { bigintId, bigintIds } from '../../../contract/fields.ts';
import { rowsOf } from '../../../db/knex.ts';
import { type Ask, depsOf, serve, tokenOf } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { mountKinds } from './handlers.ts';

const MAX = 2n ** 63n - 1n;
const accepts = (text: unknown) => bigintId.safeParse(text).success;

describe('an id that is a bigint', () => {
  const services = useServices();
  let ask: Ask;
  before(async () => {
    ask = await serve(depsOf(services), mountKinds({} as never));
  });

  it('is the decimal text of any bigint from zero', () => {
    fc.assert(fc.property(fc.bigInt(0n, MAX), (id) => accepts(String(id))));
    fc.assert(fc.property(fc.bigInt(MAX + 1n, MAX * 1000n), (id) => !accepts(String(id))));
  });

  it('is nothing that PostgreSQL would refuse as a bigint', async () => {
    const texts = ['0', '1', '7', String(MAX), String(MAX + 1n), '9'.repeat(19), '00', '-1', '1.0'];
    for (const text of texts.filter(accepts))
      expect(await rowsOf(services.db.raw('select ?::bigint::text as id', [text]))).to.deep.equal([
        { id: text },
      ]);
    expect(texts.filter(accepts)).to.deep.equal(['0', '1', '7', String(MAX)]);
  });

  it('is refused with 400 when it is malformed or out of range', async () => {
    const bad = [
      'x',
      '-1',
      '+1',
      '1.5',
      '1e3',
      '0x10',
      '007',
      '%20',
      '١',
      String(MAX + 1n),
      '9'.repeat(400),
    ];
    for (const id of bad) {
      const path = `/v1/kinds/${encodeURIComponent(decodeURIComponent(id))}/history`;
      const { json } = await ask('GET', path, { token: tokenOf('user') });
      expect(json, id).to.include({ status: 400, code: 'request.invalid' });
      expect(json.errors[0].path).to.equal('id');
    }
  });

  it('may be one of a list, each once and not too many', async () => {
    expect(bigintIds(3).parse('3,1,3')).to.deep.equal(['3', '1']);
    for (const ids of ['1,2,3,4', '', ',', '1,', '1,,2', 'x', String(MAX + 1n)]) {
      const { json } = await ask('GET', `/v1/kinds/words?ids=${ids}`);
      expect(json, ids).to.include({ status: 400, code: 'request.invalid' });
    }
    expect((await ask('GET', '/v1/kinds/words?ids=12,7')).text).to.equal('12,7');
  });
});
