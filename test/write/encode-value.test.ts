import { expect } from 'chai';
import fc from 'fast-check';
import { hotTransaction } from '../../db/write/hot-transaction.ts';
import { defineStatement } from '../../db/write/statement.ts';
import { useServices } from '../support/services.ts';

const texts = defineStatement<{ it: (string | null)[] }>('select $1::text[] as it');
const numbers = defineStatement<{ it: (number | null)[] }>('select $1::float8[] as it');
const times = defineStatement<{ it: (Date | null)[] }>('select $1::timestamptz[] as it');

describe('values of statements', () => {
  const t = useServices();
  const sent = async <Item>(statement: typeof texts, items: readonly Item[]) =>
    hotTransaction(t.db, async (trx) => (await trx.read(statement, [items]))[0]?.it as unknown);

  it('arrive as they are in arrays of texts', async () => {
    const awkward = [
      '',
      'null',
      'NULL',
      '{a,b}',
      'a"b\\c',
      '"',
      '\\',
      'line\nbreak "\t',
      ' a ',
      '🦊"',
    ];
    const text = fc.oneof(
      fc.constantFrom(...awkward),
      // PostgreSQL has no text with a zero.
      fc.string({ unit: 'grapheme' }).map((one) => one.replaceAll('\0', '')),
      fc.json(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text)), async (items) => {
        expect(await sent(texts, items)).to.deep.equal(items);
      }),
      { numRuns: 60 },
    );
  });

  it('arrive as they are in arrays of numbers and times', async () => {
    const some = [0, -1, 1.5, 1e21, 2 ** 53, null];
    expect(await sent(numbers as never, some)).to.deep.equal(some);
    const moments = [new Date(0), new Date('2026-11-22T01:02:03.004Z'), null];
    expect(await sent(times as never, moments)).to.deep.equal(moments);
  });
});
