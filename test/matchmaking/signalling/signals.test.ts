import { expect } from 'chai';
import fc from 'fast-check';
import { bounds } from '../../../config.ts';
import {
  appendSignals,
  type NewSignal,
  signalKeys,
  signalsAfter,
} from '../../../db/matchmaking/signalling/signals.ts';
import { newId } from '../../../ids.ts';
import { useServices } from '../../support/services.ts';

describe('the log of signals', () => {
  const services = useServices();
  let sessionId: string;
  const [ana, bob] = [newId(), newId()];
  beforeEach(() => {
    sessionId = newId();
  });

  const candidate = (text: string): NewSignal => ({ candidate: { candidate: text } });
  const send = (from: string, texts: string[], ageMs = 1_000) =>
    appendSignals(services.redis, { sessionId, from, ageMs }, texts.map(candidate));
  const readAs = (reader: string, seq: number) =>
    signalsAfter(services.redis, sessionId, reader, seq);
  const seqsReadAs = async (reader: string, seq: number) =>
    (await readAs(reader, seq)).map((signal) => signal.seq);
  const numbered = (count: number) => Array.from({ length: count }, (_, at) => String(at));

  it('numbers all signals of a session together, from 1, without a gap', async () => {
    expect(await send(ana, ['a', 'b'])).to.equal(1);
    expect(await send(bob, ['c'])).to.equal(3);
    expect(await send(ana, ['d'])).to.equal(4);
  });

  it('gives back what was sent, as it was sent, and nothing of the reader', async () => {
    const offer: NewSignal = { description: { type: 'offer', sdp: 'v=0\r\n"ü"' } };
    const end: NewSignal = { candidate: null };
    await appendSignals(services.redis, { sessionId, from: ana, ageMs: 0 }, [offer, end]);
    await send(bob, ['mine']);
    expect(await readAs(bob, 0)).to.deep.equal([
      { sessionId, seq: 1, from: ana, ...offer },
      { sessionId, seq: 2, from: ana, ...end },
    ]);
    expect(await readAs(bob, 1)).to.have.length(1);
    expect(await readAs(bob, 3)).to.deep.equal([]);
    expect(await readAs(newId(), 0)).to.have.length(3);
  });

  it('keeps sessions apart', async () => {
    await send(ana, ['here']);
    const other = { sessionId: newId(), from: ana, ageMs: 0 };
    expect(await appendSignals(services.redis, other, [candidate('there')])).to.equal(1);
    expect(await readAs(bob, 0)).to.have.length(1);
  });

  it('forgets the oldest beyond so many, and counts on', async () => {
    await send(ana, numbered(bounds.signalsKept));
    expect(await send(ana, ['x', 'y'])).to.equal(bounds.signalsKept + 1);
    const seqs = await seqsReadAs(bob, 0);
    expect(seqs).to.have.length(bounds.signalsKept);
    expect(seqs[0]).to.equal(3);
    expect(seqs.at(-1)).to.equal(bounds.signalsKept + 2);
  });

  it('forgets the oldest beyond so many bytes, never the newest', async () => {
    const long = 'x'.repeat(bounds.signalBytes - 500);
    const room = Math.floor(bounds.signalBytesKept / bounds.signalBytes);
    for (let sent = 0; sent < room + 5; sent += 1) await send(ana, [long]);
    expect((await seqsReadAs(bob, 0)).length).to.be.within(room, room + 1);
    const { log, count } = signalKeys(sessionId);
    const entries = await services.redis.lrange(log, 0, -1);
    const bytes = entries.reduce((sum, entry) => sum + Buffer.byteLength(entry), 0);
    expect(bytes).to.be.at.most(bounds.signalBytesKept);
    expect(await services.redis.hget(count, 'bytes')).to.equal(String(bytes));
  });

  it('leaves nothing behind for long', async () => {
    await send(ana, ['a']);
    for (const key of Object.values(signalKeys(sessionId))) {
      expect(await services.redis.ttl(key)).to.be.within(
        bounds.signalSeconds - 5,
        bounds.signalSeconds,
      );
    }
  });

  it('gives everything kept to whoever remembers a seq that was never given', async () => {
    await send(ana, numbered(9));
    await services.redis.del(...Object.values(signalKeys(sessionId)));
    expect(await readAs(bob, 9)).to.deep.equal([]);
    await send(ana, ['a', 'b']);
    expect(await seqsReadAs(bob, 9)).to.deep.equal([1, 2]);
    expect(await seqsReadAs(bob, 2)).to.deep.equal([]);
  });

  it('counts on above every earlier seq when a long silence has emptied the log', async () => {
    const before = await send(ana, numbered(200));
    await services.redis.del(...Object.values(signalKeys(sessionId)));
    const ageMs = bounds.signalSeconds * 1000 + 0.7;
    const seq = await send(bob, ['restart'], ageMs);
    expect(seq).to.be.above(before + 200);
    expect(await send(bob, ['next'], ageMs + 5)).to.equal(seq + 1);
    expect(await seqsReadAs(ana, before + 199)).to.deep.equal([seq, seq + 1]);
  });

  it('loses nothing and doubles nothing, whoever sends and reads at the same time', async () => {
    const sends = fc.record({
      by: fc.constantFrom('ana', 'bob'),
      count: fc.integer({ min: 1, max: 5 }),
    });
    const story = fc.array(fc.array(sends, { minLength: 1, maxLength: 6 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(story, async (groups) => {
        sessionId = newId();
        const sentBy = { ana: 0, bob: 0 };
        const heard: { seq: number; text: string }[] = [];
        const read = async () => {
          for (const signal of await readAs(bob, heard.at(-1)?.seq ?? 0))
            heard.push({ seq: signal.seq, text: signal.candidate?.candidate ?? '' });
        };
        for (const group of groups) {
          const sending = group.map(({ by, count }) => {
            const who = by as 'ana' | 'bob';
            const texts = Array.from({ length: count }, () => `${who} ${sentBy[who]++}`);
            return send(who === 'ana' ? ana : bob, texts);
          });
          await Promise.all([...sending, read()]);
        }
        await read();
        const texts = Array.from({ length: sentBy.ana }, (_, at) => `ana ${at}`);
        expect(heard.map(({ text }) => text)).to.deep.equal(texts);
        const seqs = heard.map(({ seq }) => seq);
        expect(seqs).to.deep.equal([...new Set(seqs)].sort((a, b) => a - b));
        const total = sentBy.ana + sentBy.bob;
        expect(seqs.every((seq) => seq <= total)).to.equal(true);
      }),
      { numRuns: 60 },
    );
  });
});
