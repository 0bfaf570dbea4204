import { expect } from 'chai';
import { createGroupCommit } from '../../db/write/group-commit.ts';
import { heldGroup } from '../support/held-group.ts';

describe('group commit: subjects', () => {
  it('keeps an item back while its subject is in another batch, and lets others pass', async () => {
    const subjectsOf = (item: string) => [item[0] ?? ''];
    const { group, batches, batch, done } = heldGroup({ concurrency: 2, subjectsOf });
    const answers = ['a1', 'a2'].map((item) => group.submit(item));
    await batch(0);
    answers.push(...['a3', 'b1', 'a4', 'b2'].map((item) => group.submit(item)));
    await done(1);
    await done(0);
    await done(2);
    expect(await Promise.all(answers)).to.deep.equal(['A1', 'A2', 'A3', 'B1', 'A4', 'B2']);
    expect(batches.map(({ items }) => items)).to.deep.equal([
      ['a1', 'a2'],
      ['b1', 'b2'],
      ['a3', 'a4'],
    ]);
  });

  it('never writes two of one name together', async () => {
    const { group, batches, done } = heldGroup({ concurrency: 2, aloneOf: (item) => item[0] });
    const answers = ['a1', 'b1', 'a2', 'c1'].map((item) => group.submit(item));
    await done(0);
    await done(1);
    await Promise.all(answers);
    expect(batches.map(({ items }) => items)).to.deep.equal([['a1', 'b1', 'c1'], ['a2']]);
  });

  it('keeps the subjects of a deferred item until it is answered, and drains it', async () => {
    let answer: (result: string) => void = () => {};
    const deferred = new Promise<string>((resolve) => {
      answer = resolve;
    });
    const written: string[][] = [];
    const group = createGroupCommit<string, string>({
      name: 'test',
      maxItems: 10,
      maxWaiting: 10,
      subjectsOf: (item) => [item[0] ?? ''],
      flush: async (items) => {
        written.push(items);
        return items.map((item) =>
          item === 'a1' ? { deferred, keepsSubjects: true } : { ok: item },
        );
      },
    });
    const first = group.submit('a1');
    await group.submit('b1');
    const second = group.submit('a2');
    await group.submit('b2');
    expect(written).to.deep.equal([['a1', 'b1'], ['b2']]);
    const drained = group.drain();
    answer('A1');
    await drained;
    expect(await Promise.all([first, second])).to.deep.equal(['A1', 'a2']);
    expect(written[2]).to.deep.equal(['a2']);
  });
});
