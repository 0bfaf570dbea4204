import { expect } from 'chai';
import fc from 'fast-check';
import { FoyerError } from '../../contract/errors.ts';
import { createGroupCommit } from '../../db/write/group-commit.ts';
import { away, heldGroup, letters, told } from '../support/held-group.ts';

describe('group commit', () => {
  it('writes as one what arrives together, and answers each with its own', async () => {
    const { group, batches, done } = heldGroup();
    const answers = letters('abc').map((item) => group.submit(item));
    await done(0);
    expect(await Promise.all(answers)).to.deep.equal(['A', 'B', 'C']);
    expect(batches.map(({ items }) => items)).to.deep.equal([['a', 'b', 'c']]);
  });

  it('answers nobody before the batch is durable', async () => {
    const { group, batch, done } = heldGroup();
    let answered = false;
    const answer = group.submit('a').then(() => {
      answered = true;
    });
    await batch(0);
    await new Promise(setImmediate);
    expect(answered).to.equal(false);
    await done(0);
    await answer;
  });

  it('lets the next batch grow while one is being written', async () => {
    const { group, batches, batch, done } = heldGroup();
    const first = group.submit('a');
    await batch(0);
    const rest = letters('bcdefg').map((item) => group.submit(item));
    // Another group is the clock: by now the time of waiting for company is over.
    const clock = heldGroup();
    const tick = clock.group.submit('x');
    await clock.done(0);
    await tick;
    expect(batches).to.have.length(1);
    await done(0);
    await first;
    await done(1);
    await Promise.all(rest);
    expect(batches.map(({ items }) => items.join(''))).to.deep.equal(['a', 'bcdefg']);
  });

  it('writes at most `concurrency` batches at once', async () => {
    const { group, batches, batch, done } = heldGroup({ concurrency: 2, maxItems: 2 });
    const answers = letters('abcdef').map((item) => group.submit(item));
    await batch(1);
    expect(batches.map(({ items }) => items.join(''))).to.deep.equal(['ab', 'cd']);
    await done(1);
    await batch(2);
    await done(0);
    await done(2);
    expect(await Promise.all(answers)).to.deep.equal(letters('ABCDEF'));
  });

  it('does not wait for company when a batch is full', async () => {
    const { group, batches, done } = heldGroup({ maxItems: 3, delayMs: 60_000 });
    const answers = letters('abc').map((item) => group.submit(item));
    expect(batches).to.have.length(1);
    await done(0);
    await Promise.all(answers);
  });

  it('writes the next batch beside one of enough items', async () => {
    const { group, batches, batch, done } = heldGroup({
      enoughItems: 2,
      concurrency: 2,
      delayMs: 60_000,
    });
    const answers = letters('abcd').map((item) => group.submit(item));
    await batch(1);
    expect(batches.map(({ items }) => items.join(''))).to.deep.equal(['ab', 'cd']);
    await done(0);
    await done(1);
    expect(await Promise.all(answers)).to.deep.equal(letters('ABCD'));
  });

  it('takes no more items and bytes than it may, and one alone that is too big', async () => {
    const { group, batches, done } = heldGroup({
      maxItems: 4,
      maxBytes: 5,
      bytesOf: (item) => item.length,
      delayMs: 0,
    });
    const items = ['aa', 'bb', 'cc', 'd', 'dddddddd', 'e', 'e', 'e', 'e', 'e'];
    const answers = items.map((item) => group.submit(item));
    for (let at = 0; at < 5; at += 1) await done(at);
    expect(await Promise.all(answers)).to.deep.equal(items.map((item) => item.toUpperCase()));
    expect(batches.map((one) => one.items.join(','))).to.deep.equal([
      'aa,bb',
      'cc,d',
      'dddddddd',
      'e,e,e,e',
      'e',
    ]);
  });

  it('refuses what does not fit into the waiting line, and takes more when there is room', async () => {
    const { group, batch, done } = heldGroup({ maxWaiting: 2, maxItems: 1 });
    const first = group.submit('a');
    await batch(0);
    const others = ['b', 'c'].map((item) => group.submit(item));
    const error = await group.submit('d').catch((reason: unknown) => reason);
    expect(error).to.be.an.instanceof(FoyerError);
    expect(error).to.include({ code: 'service.unavailable' });
    await done(0);
    await first;
    const last = group.submit('e');
    for (const at of [1, 2, 3]) await done(at);
    expect(await Promise.all([...others, last])).to.deep.equal(['B', 'C', 'E']);
  });

  it('lets a refused item fail alone', async () => {
    const { group, batch } = heldGroup();
    const answers = letters('abc').map((item) => told(group, item));
    (await batch(0)).answer([{ ok: 'A' }, { error: new Error('bad') }, { ok: 'C' }]);
    expect(await Promise.all(answers)).to.deep.equal(['A', '! bad', 'C']);
  });

  it('halves a batch that failed as a whole, in order, until the bad item fails alone', async () => {
    const { group, batches, batch, done } = heldGroup();
    const answers = letters('abcde').map((item) => told(group, item));
    for (const at of [0, 1, 2]) (await batch(at)).fail(new Error('value too long'));
    await done(3);
    (await batch(4)).fail(new Error('value too long'));
    await done(5);
    await done(6);
    expect(await Promise.all(answers)).to.deep.equal(['A', '! value too long', 'C', 'D', 'E']);
    const written = batches.map(({ items }) => items.join(''));
    expect(written).to.deep.equal(['abcde', 'abc', 'ab', 'a', 'b', 'c', 'de']);
  });

  it('does not write a batch again whose outcome is unknown', async () => {
    const { group, batches, batch } = heldGroup();
    const answers = letters('ab').map((item) => told(group, item));
    (await batch(0)).fail(new FoyerError('service.unavailable', { detail: 'unknown' }));
    expect(await Promise.all(answers)).to.deep.equal(['! unknown', '! unknown']);
    expect(batches).to.have.length(1);
  });

  it('waits for company after a batch too', async () => {
    const { group, batches, batch, done } = heldGroup({ concurrency: 2, delayMs: 20 });
    const answers = [group.submit('a')];
    await batch(0);
    answers.push(group.submit('b'));
    await done(0);
    await answers[0];
    answers.push(group.submit('c'));
    await done(1);
    expect(await Promise.all(answers)).to.deep.equal(['A', 'B', 'C']);
    expect(batches.map(({ items }) => items.join(''))).to.deep.equal(['a', 'bc']);
  });

  it('rejects all, and writes nothing again, when a dependency is unavailable', async () => {
    const { group, batches, batch } = heldGroup();
    const answers = letters('abc').map((item) => told(group, item));
    (await batch(0)).fail(away());
    expect(await Promise.all(answers)).to.deep.equal(['! connect', '! connect', '! connect']);
    expect(batches).to.have.length(1);
  });

  it('goes on after any failure', async () => {
    const { group, batch, done } = heldGroup();
    const failed = told(group, 'a');
    (await batch(0)).fail(away());
    expect([await failed]).to.deep.equal(['! connect']);
    const next = group.submit('b');
    await done(1);
    expect(await next).to.equal('B');
  });

  it('never leaves an item without an answer, whatever the flush gives', async () => {
    const short = heldGroup();
    const answers = letters('ab').map((item) => told(short.group, item));
    (await short.batch(0)).answer([{ ok: 'A' }]);
    const [first, second] = await Promise.all(answers);
    expect(first).to.equal('A');
    expect(second).to.match(/^! .*no outcome/);
    const throwing = createGroupCommit<string, string>({
      name: 'test',
      maxItems: 10,
      maxWaiting: 10,
      flush: () => {
        throw new Error('at once');
      },
    });
    const both = [told(throwing, 'a'), told(throwing, 'b')];
    expect(await Promise.all(both)).to.deep.equal(['! at once', '! at once']);
  });

  it('drains what waits and what is being written, at once when nothing is', async () => {
    const { group, batch, done, batches } = heldGroup({ delayMs: 60_000, maxItems: 2 });
    await group.drain();
    const answers = letters('abc').map((item) => group.submit(item));
    let drained = false;
    const draining = group.drain().then(() => {
      drained = true;
    });
    await done(0);
    await batch(1);
    expect(drained).to.equal(false);
    await done(1);
    await draining;
    expect(await Promise.all(answers)).to.deep.equal(['A', 'B', 'C']);
    expect(batches).to.have.length(2);
  });

  it('drains what is written one by one after a failure', async () => {
    const { group, batch, done } = heldGroup();
    const answers = letters('ab').map((item) => told(group, item));
    const draining = group.drain();
    (await batch(0)).fail(new Error('bad'));
    await done(1);
    await done(2);
    await draining;
    expect(await Promise.all(answers)).to.deep.equal(['A', 'B']);
  });

  it('answers every item once with its own, within its bounds, whatever fails', async () => {
    const kinds = fc.constantFrom('good', 'refused', 'poison', 'gone' as const);
    const plan = fc.record({
      kinds: fc.array(fc.tuple(kinds, fc.integer({ min: 0, max: 3 })), { maxLength: 60 }),
      maxItems: fc.integer({ min: 1, max: 8 }),
      maxBytes: fc.integer({ min: 1, max: 12 }),
      concurrency: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ kinds: items, maxItems, maxBytes, concurrency }) => {
        let writing = 0;
        const order: number[] = [];
        const violations: string[] = [];
        const group = createGroupCommit<{ at: number; kind: string; bytes: number }, number>({
          name: 'test',
          maxItems,
          maxBytes,
          maxWaiting: 1_000,
          concurrency,
          delayMs: 0,
          bytesOf: ({ bytes }) => bytes,
          flush: async (batch) => {
            writing += 1;
            const bytes = batch.reduce((sum, one) => sum + one.bytes, 0);
            // Not `expect`: what a flush throws is an answer, and the items are written again.
            if (writing > concurrency) violations.push(`${writing} at once`);
            if (batch.length < 1 || batch.length > maxItems)
              violations.push(`${batch.length} items`);
            if (batch.length > 1 && bytes > maxBytes) violations.push(`${bytes} bytes`);
            await new Promise(setImmediate);
            writing -= 1;
            if (batch.some(({ kind }) => kind === 'gone')) throw away();
            if (batch.some(({ kind }) => kind === 'poison')) throw new Error('poison');
            order.push(...batch.map(({ at }) => at));
            return batch.map(({ at, kind }) =>
              kind === 'refused' ? { error: new Error(`refused ${at}`) } : { ok: at },
            );
          },
        });
        const answers: Promise<number | string>[] = [];
        for (const [at, [kind, pause]] of items.entries()) {
          const answer = group.submit({ at, kind, bytes: (at % 4) + 1 });
          answers.push(answer.catch((error: Error) => error.message));
          if (pause === 0) await new Promise(setImmediate);
        }
        await group.drain();
        expect(violations).to.deep.equal([]);
        for (const [at, said] of (await Promise.all(answers)).entries()) {
          const kind = items[at]?.[0];
          if (kind === 'good') expect(said).to.be.oneOf([at, 'connect']);
          if (kind === 'refused') expect(said).to.be.oneOf([`refused ${at}`, 'connect']);
          if (kind === 'poison') expect(said).to.be.oneOf(['poison', 'connect']);
          if (kind === 'gone') expect(said).to.equal('connect');
        }
        expect(new Set(order).size).to.equal(order.length);
        if (concurrency === 1) expect(order).to.deep.equal([...order].sort((a, b) => a - b));
      }),
      { numRuns: 150 },
    );
  });
});
