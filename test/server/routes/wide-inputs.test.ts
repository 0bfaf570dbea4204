import { expect } from 'chai';
import { z } from 'zod';
import { FoyerError } from '../../../contract/errors.ts';
import { parse } from '../../../server/routes/parse.ts';

const schema = z.strictObject({ list: z.array(z.number()) });
const refusalOf = (input: unknown) => {
  try {
    parse(schema, input);
  } catch (error) {
    if (error instanceof FoyerError) return error.options.errors?.[0]?.message;
  }
  return undefined;
};

describe('an input of very many values', () => {
  it('is refused before a schema looks at each of them', () => {
    const looked: unknown[] = [];
    const counting = z.strictObject({
      list: z.array(z.unknown().refine((one) => looked.push(one))),
    });
    const list = Array.from({ length: 60_000 }, () => 1);
    expect(() => parse(counting, { list })).to.throw(FoyerError);
    expect(looked.length).to.equal(0);
    expect(refusalOf({ list })).to.match(/^Has more than/);
    expect(refusalOf({ list: list.slice(0, 2_000) })).to.equal(undefined);
  });

  it('is refused when it is binary', () => {
    expect(refusalOf({ list: Buffer.alloc(128 * 1024) })).to.equal('Must not be binary.');
  });
});
