import { expect } from 'chai';
import fc from 'fast-check';
import { createSequenceLog } from '../../db/sequence-log/sequence-log.ts';
import { newId } from '../../ids.ts';
import { useServices } from '../support/services.ts';

type Person = 'ana' | 'bob' | 'cai';
type Step =
  | { do: 'append'; by: Person; count: number }
  | { do: 'read'; by: Person; maxBytes: number }
  | { do: 'expire' }
  | { do: 'flush' };

const person = fc.constantFrom<Person>('ana', 'bob', 'cai');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      by: person,
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      by: person,
      maxBytes: fc.constantFrom(1, 40, 10_000),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'expire' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'flush' as const }) },
);
/** The steps of one group run at the same time. */
const scenario = fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { maxLength: 8 });

/** What a person has read: the items, and how far the answers went. */
interface Reader {
  position: number;
  seqs: number[];
  texts: string[];
  /** Seqs of before an answer that said: from here on, what is before is lost. */
  lost: [after: number, before: number][];
}

describe('a sequence log under any interleaving', () => {
  const services = useServices();
  const log = createSequenceLog<string>({
    ...{ prefix: 'any', maxEntries: 12, maxBytes: 10_000, ttlSeconds: 60 },
  });

  it('never goes back, doubles nothing, and shows as a gap what it lost', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (groups) => {
        const { redis } = services;
        const id = newId();
        const appended: { seq: number; by: Person; text: string }[] = [];
        const readers = new Map<Person, Reader>(
          (['ana', 'bob', 'cai'] as const).map((name) => [
            name,
            { position: 0, seqs: [], texts: [], lost: [] },
          ]),
        );
        const readerOf = (by: Person) => readers.get(by) as Reader;
        let texts = 0;

        async function append(by: Person, count: number): Promise<void> {
          const mine = Array.from({ length: count }, () => `${texts++}`);
          const first = await log.append(redis, id, mine, { from: by });
          for (const [at, text] of mine.entries()) appended.push({ seq: first + at, by, text });
        }
        async function read(by: Person, maxBytes: number): Promise<boolean> {
          const reader = readerOf(by);
          const page = await log.readAfter(redis, id, reader.position, {
            ...{ exceptFrom: by, maxBytes },
          });
          expect(page.headSeq).to.be.at.least(reader.position);
          expect(page.firstSeq).to.be.at.most(page.headSeq + 1);
          if (page.firstSeq > reader.position + 1)
            reader.lost.push([reader.position, page.firstSeq]);
          reader.seqs.push(...page.items.map(({ seq }) => seq));
          reader.texts.push(...page.items.map(({ entry }) => entry));
          const end = page.more ? page.items.at(-1)?.seq : page.headSeq;
          reader.position = end ?? Number.NaN;
          return page.more;
        }
        const act = (one: Step): Promise<unknown> => {
          if (one.do === 'append') return append(one.by, one.count);
          if (one.do === 'read') return read(one.by, one.maxBytes);
          return one.do === 'flush' ? redis.flushdb() : redis.del(...log.keys(id));
        };

        for (const group of groups) {
          // A person has one read under way at a time, as the inbox and the server see to.
          const reading = new Set<Person>();
          const acts = group.filter((one) => {
            if (one.do !== 'read') return true;
            const isFirst = !reading.has(one.by);
            reading.add(one.by);
            return isFirst;
          });
          await Promise.all(acts.map(act));
        }
        for (const by of readers.keys()) while (await read(by, 200));

        const inOrder = [...appended].sort((a, b) => a.seq - b.seq);
        expect(new Set(appended.map(({ seq }) => seq)).size, 'no seq twice').to.equal(texts);
        for (const by of readers.keys()) {
          const { seqs, texts: heard, lost } = readerOf(by);
          expect(seqs).to.deep.equal([...new Set(seqs)].sort((a, b) => a - b));
          const isLost = (seq: number) =>
            lost.some(([after, before]) => seq > after && seq < before);
          const wanted = inOrder.filter((one) => one.by !== by && !isLost(one.seq));
          const got = new Set(seqs);
          expect(
            wanted.filter(({ seq }) => !got.has(seq)),
            'lost in silence',
          ).to.deep.equal([]);
          const textOf = new Map(inOrder.map(({ seq, text }) => [seq, text]));
          expect(heard).to.deep.equal(seqs.map((seq) => textOf.get(seq)));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('gives later seqs to what is appended later, whatever happened between', async () => {
    const between = fc.array(fc.constantFrom('append', 'read', 'expire', 'flush'), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(between, async (acts) => {
        const { redis } = services;
        const id = newId();
        let last = 0;
        for (const act of [...acts, 'append']) {
          if (act === 'flush') await redis.flushdb();
          else if (act === 'expire') await redis.del(...log.keys(id));
          else if (act === 'read') {
            const { headSeq } = await log.readAfter(redis, id, last, { maxBytes: 100 });
            expect(headSeq).to.be.at.least(last);
          } else {
            const first = await log.append(redis, id, ['a', 'b', 'c'], { from: 'ana' });
            expect(first).to.be.above(last);
            last = first + 2;
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
