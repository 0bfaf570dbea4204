import { expect } from 'chai';
import fc from 'fast-check';
import { isNewer, type Versioned } from '../../client/versions.ts';

const entity = (id: string, version: number, since: number): Versioned => ({ id, version, since });

describe('client: version rule', () => {
  const table: [string, Versioned | null, Versioned, boolean][] = [
    ['the first one', null, entity('a', 1, 0), true],
    ['a newer version', entity('a', 1, 0), entity('a', 2, 0), true],
    ['the same again', entity('a', 2, 0), entity('a', 2, 0), false],
    ['an older version', entity('a', 3, 0), entity('a', 2, 0), false],
    ['a later-born one, whatever its version', entity('a', 9, 0), entity('b', 1, 1), true],
    ['an earlier-born one, whatever its version', entity('b', 1, 1), entity('a', 9, 0), false],
    ['one of the same millisecond, by id', entity('a', 9, 0), entity('b', 1, 0), true],
  ];
  for (const [name, known, next, expected] of table)
    it(`${name}: ${expected ? 'taken' : 'dropped'}`, () => {
      expect(isNewer(known, next)).to.equal(expected);
    });

  // A person's history: entities one after the other, each with versions 1…n.
  const history = fc
    .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 })
    .map((lengths) =>
      lengths.flatMap((length, born) =>
        Array.from({ length }, (_, i) => entity(`id-${born}`, i + 1, born)),
      ),
    );
  const deliveries = history.chain((all) =>
    fc.record({
      all: fc.constant(all),
      // Every one at least once, some again, in any order.
      delivered: fc
        .tuple(
          fc.shuffledSubarray(all, { minLength: all.length }),
          fc.array(fc.constantFrom(...all)),
        )
        .chain(([once, again]) =>
          fc.shuffledSubarray([...once, ...again], { minLength: once.length + again.length }),
        ),
    }),
  );
  const deliver = (pushes: Versioned[], onTaken: (taken: Versioned) => void = () => undefined) =>
    pushes.reduce<Versioned | null>((known, next) => {
      if (!isNewer(known, next)) return known;
      onTaken(next);
      return next;
    }, null);

  it('ends with the newest, however pushes are repeated and reordered', () => {
    fc.assert(
      fc.property(deliveries, ({ all, delivered }) => {
        expect(deliver(delivered)).to.deep.equal(all.at(-1));
      }),
    );
  });

  it('never goes back, and takes nothing twice', () => {
    fc.assert(
      fc.property(deliveries, ({ delivered }) => {
        const taken: Versioned[] = [];
        deliver(delivered, (one) => taken.push(one));
        const keys = taken.map(({ since, version }) => since * 100 + version);
        expect(keys).to.deep.equal([...new Set(keys)].sort((a, b) => a - b));
      }),
    );
  });

  it('says for any two different entities that exactly one of them is newer', () => {
    const any = fc.record({ id: fc.constantFrom('a', 'b'), version: fc.nat(5), since: fc.nat(3) });
    fc.assert(
      fc.property(any, any, (a, b) => {
        const same = a.id === b.id && a.version === b.version;
        fc.pre(a.id !== b.id || a.version !== b.version || same);
        expect(Number(isNewer(a, b)) + Number(isNewer(b, a))).to.equal(same ? 0 : 1);
      }),
    );
  });
});
