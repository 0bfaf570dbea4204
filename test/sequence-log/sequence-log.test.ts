import { expect } from 'chai';
import { createSequenceLog, type SequenceLog } from '../../db/sequence-log/sequence-log.ts';
import { newId } from '../../ids.ts';
import { useServices } from '../support/services.ts';

describe('a sequence log', () => {
  const services = useServices();
  const BOUNDS = { maxEntries: 40, maxBytes: 4_000, ttlSeconds: 60 };
  const log: SequenceLog<string> = createSequenceLog({ prefix: 'test', ...BOUNDS });
  const ALL = { maxBytes: 1_000_000 };
  let id: string;
  beforeEach(() => {
    id = newId();
  });
  const append = (texts: string[], from?: string) =>
    log.append(services.redis, id, texts, from === undefined ? {} : { from });
  const readAfter = (seq: number, options = {}) =>
    log.readAfter(services.redis, id, seq, { ...ALL, ...options });
  const numbered = (count: number) => Array.from({ length: count }, (_, at) => String(at));
  const micros = async () => {
    const [seconds, rest] = await services.redis.time();
    return Number(seconds) * 1e6 + Number(rest);
  };

  it('starts at the time of Redis in microseconds, and then counts by one', async () => {
    const before = await micros();
    const first = await append(['a', 'b']);
    expect(first).to.be.within(before, (await micros()) + 1);
    expect(Number.isSafeInteger(first)).to.equal(true);
    expect(await append(['c'])).to.equal(first + 2);
    const { items, firstSeq, headSeq } = await readAfter(0);
    expect(items.map(({ seq, entry }) => [seq, entry])).to.deep.equal([
      [first, 'a'],
      [first + 1, 'b'],
      [first + 2, 'c'],
    ]);
    expect({ firstSeq, headSeq }).to.deep.equal({ firstSeq: first, headSeq: first + 2 });
  });

  it('starts when it is read, so that the first entry follows the answer', async () => {
    const { items, firstSeq, headSeq, more } = await readAfter(0);
    expect({ items, more }).to.deep.equal({ items: [], more: false });
    expect(firstSeq).to.equal(headSeq + 1);
    expect(await readAfter(0)).to.include({ headSeq });
    expect(await append(['a'])).to.equal(headSeq + 1);
  });

  it('reads what comes after a seq, and nothing after the head', async () => {
    const first = await append(numbered(20));
    const entriesAfter = async (seq: number) =>
      (await readAfter(seq)).items.map(({ entry }) => entry);
    expect(await entriesAfter(first + 16)).to.deep.equal(['17', '18', '19']);
    expect(await entriesAfter(first + 19)).to.deep.equal([]);
    expect(await entriesAfter(first + 1_000)).to.deep.equal([]);
    expect(await entriesAfter(1)).to.have.length(20);
  });

  it('leaves out one author, and keeps what has none', async () => {
    const first = await append(['mine'], 'ana');
    await append(['line one\nline two "ü" \0'], 'bob');
    await append(['nobody’s']);
    const page = await readAfter(0, { exceptFrom: 'ana' });
    expect(page.items).to.deep.equal([
      { seq: first + 1, from: 'bob', entry: 'line one\nline two "ü" \0' },
      { seq: first + 2, from: null, entry: 'nobody’s' },
    ]);
    expect(page, 'the head of all').to.include({ firstSeq: first, headSeq: first + 2 });
  });

  it('keeps a bounded number of entries, and says from which seq on', async () => {
    const first = await append(numbered(BOUNDS.maxEntries));
    await append(['x', 'y']);
    const { items, firstSeq } = await readAfter(0);
    expect(items).to.have.length(BOUNDS.maxEntries);
    expect(firstSeq).to.equal(first + 2);
    expect(items[0]).to.deep.equal({ seq: first + 2, from: null, entry: '2' });
  });

  it('keeps a bounded number of bytes, and always the newest entry', async () => {
    const [entries, head] = log.keys(id);
    const kept = async () => {
      const all = await services.redis.lrange(entries, 0, -1);
      const bytes = all.reduce((sum, entry) => sum + Buffer.byteLength(entry), 0);
      expect(await services.redis.hget(head, 'bytes')).to.equal(String(bytes));
      return { count: all.length, bytes };
    };
    await append(['ü'.repeat(450), 'ü'.repeat(450), 'ü'.repeat(450), 'ü'.repeat(450)], 'ana');
    expect((await kept()).count).to.equal(4);
    await append(['ü'.repeat(450)], 'ana');
    expect((await kept()).count).to.equal(4);
    expect((await kept()).bytes).to.be.at.most(BOUNDS.maxBytes);
    await append(['x'.repeat(BOUNDS.maxBytes * 2)]);
    expect((await kept()).count).to.equal(1);
    expect((await readAfter(0)).items).to.have.length(1);
  });

  it('bounds an answer in bytes, and reads on where it stopped', async () => {
    await append(numbered(30).map((text) => text.padStart(50, '.')));
    const texts: string[] = [];
    let seq = 0;
    let pages = 0;
    for (let more = true; more; pages += 1) {
      const page = await readAfter(seq, { maxBytes: 400 });
      expect(page.items.length).to.be.within(1, 7);
      texts.push(...page.items.map(({ entry }) => entry.replaceAll('.', '')));
      seq = page.items.at(-1)?.seq ?? Number.NaN;
      more = page.more;
    }
    expect(texts).to.deep.equal(numbered(30));
    expect(pages).to.equal(5);
    expect((await readAfter(0, { maxBytes: 1 })).items, 'never none').to.have.length(1);
  });

  it('ends some time after its last entry; reading does not prolong it', async () => {
    await append(['a']);
    for (const key of log.keys(id)) {
      expect(await services.redis.ttl(key)).to.be.within(BOUNDS.ttlSeconds - 5, BOUNDS.ttlSeconds);
      await services.redis.expire(key, 20);
    }
    await readAfter(0);
    for (const key of log.keys(id)) expect(await services.redis.ttl(key)).to.be.at.most(20);
    id = newId();
    await readAfter(0);
    expect(await services.redis.ttl(log.keys(id)[1])).to.be.within(1, BOUNDS.ttlSeconds);
  });

  it('continues above every earlier seq after a loss, and shows the loss to an earlier reader', async () => {
    const last = (await append(numbered(30))) + 29;
    await services.redis.del(...log.keys(id));
    const lost = await readAfter(last);
    expect(lost.items).to.deep.equal([]);
    expect(lost.firstSeq).to.be.above(last + 1);
    expect(await append(['a'])).to.equal(lost.firstSeq);
  });

  it('survives the loss of one of its keys', async () => {
    const [entries, head] = log.keys(id);
    const first = await append(['a', 'b']);
    await services.redis.del(entries);
    expect(await readAfter(0)).to.deep.equal({
      ...{ items: [], firstSeq: first + 2, headSeq: first + 1, more: false },
    });
    await append(['c']);
    await services.redis.del(head);
    const { items, firstSeq } = await readAfter(0);
    expect(items, 'entries without their numbers').to.deep.equal([]);
    expect(firstSeq).to.be.above(first + 2);
  });

  it('keeps logs apart, and each in one slot of a cluster', async () => {
    await append(['here']);
    const here = id;
    id = newId();
    expect((await readAfter(0)).items).to.deep.equal([]);
    const tags = log.keys(here).map((key) => key.slice(key.indexOf('{'), key.indexOf('}') + 1));
    expect(new Set(tags)).to.deep.equal(new Set([`{test:${here}}`]));
  });

  it('refuses to append nothing', async () => {
    const outcome = await append([]).catch((error) => error);
    expect(outcome).to.be.instanceOf(RangeError);
  });
});
