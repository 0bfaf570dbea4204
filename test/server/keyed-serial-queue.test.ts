import { expect } from 'chai';
import fc from 'fast-check';
import { createBatchLoader } from '../../server/batch-loader.ts';
import { createKeyedSerialQueue } from '../../server/keyed-serial-queue.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a keyed serial queue', () => {
  it('keeps the order of each key, one run at a time, however long runs take', async () => {
    const items = fc.array(fc.record({ key: fc.constantFrom('a', 'b'), turns: fc.nat(3) }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(items, async (all) => {
        const done: Record<string, number[]> = {};
        const running = new Set<string>();
        const queue = createKeyedSerialQueue({
          maxItems: 3,
          maxWaiting: 100,
          run: async (some: { key: string; turns: number; at: number }[]) => {
            const name = some[0]?.key ?? '';
            expect(running.has(name)).to.equal(false);
            expect(some.length).to.be.at.most(3);
            running.add(name);
            for (const { turns } of some) for (let t = 0; t < turns; t += 1) await turn();
            running.delete(name);
            done[name] = [...(done[name] ?? []), ...some.map(({ at }) => at)];
            return some.map(({ at }) => at);
          },
        });
        const results = await Promise.all(all.map((item, at) => queue(item.key, { ...item, at })));
        expect(results).to.deep.equal(all.map((_, at) => at));
        for (const order of Object.values(done))
          expect(order).to.deep.equal([...order].sort((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });

  it('fails what waits behind a failure, and continues with later items', async () => {
    let fails = true;
    const queue = createKeyedSerialQueue({
      maxItems: 1,
      maxWaiting: 2,
      run: async (some: number[]) => {
        await turn();
        if (fails) throw new Error('away');
        return some;
      },
    });
    const three = [1, 2, 3].map((item) => queue('a', item));
    const overflow = queue('a', 4).catch((error) => error.code);
    expect(await overflow).to.equal('service.unavailable');
    const outcomes = await Promise.allSettled(three);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(Array(3).fill('rejected'));
    fails = false;
    expect(await queue('a', 5)).to.equal(5);
  });
});

describe('a batch loader', () => {
  it('answers those who ask in one turn, and those who ask meanwhile, by one statement each', async () => {
    const asked: (readonly string[])[] = [];
    const read = createBatchLoader(async (ids) => {
      asked.push(ids);
      for (let turns = 0; turns < 3; turns += 1) await turn();
      return new Map(ids.map((id) => [id, `found ${id}`]));
    });
    const first = Promise.all([read('a'), read('b'), read('a')]);
    await turn();
    const second = read('c');
    await turn();
    const third = Promise.all([read('a'), read('d')]);
    expect(await first).to.deep.equal(['found a', 'found b', 'found a']);
    expect(await second).to.equal('found c');
    expect(await third).to.deep.equal(['found a', 'found d']);
    expect(asked).to.deep.equal([['a', 'b'], ['c'], ['a', 'd']]);
  });

  it('asks for at most 500 in one statement, and has two under way', async () => {
    const sizes: number[] = [];
    let running = 0;
    let most = 0;
    const read = createBatchLoader(async (ids) => {
      sizes.push(ids.length);
      running += 1;
      most = Math.max(most, running);
      await turn();
      running -= 1;
      return new Map(ids.map((id) => [id, id]));
    });
    const ids = Array.from({ length: 1_700 }, (_, at) => String(at));
    expect(await Promise.all(ids.map(read))).to.deep.equal(ids);
    expect(sizes).to.deep.equal([500, 500, 500, 200]);
    expect(most).to.equal(2);
  });

  it('rejects every caller of a failed statement, and reads again after it', async () => {
    let fails = true;
    const read = createBatchLoader(async (ids) => {
      if (fails) throw new Error('away');
      return new Map(ids.map((id) => [id, id]));
    });
    const outcomes = await Promise.allSettled([read('a'), read('b')]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    fails = false;
    expect(await read('a')).to.equal('a');
    const missing = createBatchLoader(async () => new Map<string, string>());
    expect(await missing('x')).to.equal(undefined);
  });
});
