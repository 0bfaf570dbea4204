import { expect } from 'chai';
import { bounds } from '../../../config.ts';
import {
  appendSignals,
  type NewSignal,
  signalLog,
  signalsAfter,
} from '../../../db/matchmaking/signalling/signals.ts';
import { newId } from '../../../ids.ts';
import { useServices } from '../../support/services.ts';

/** The promises of every sequence log are tested in test/sequence-log/. */
describe('the log of signals', () => {
  const services = useServices();
  let sessionId: string;
  const [ana, bob] = [newId(), newId()];
  beforeEach(() => {
    sessionId = newId();
  });

  const candidate = (text: string): NewSignal => ({ candidate: { candidate: text } });
  const send = (from: string, texts: string[]) =>
    appendSignals(services.redis, { sessionId, from }, texts.map(candidate));
  const readAs = (reader: string, seq: number) =>
    signalsAfter(services.redis, sessionId, reader, seq);

  it('numbers all signals of a session together, without a gap', async () => {
    const first = await send(ana, ['a', 'b']);
    expect(await send(bob, ['c'])).to.equal(first + 2);
    expect(await send(ana, ['d'])).to.equal(first + 3);
  });

  it('gives back what was sent, as it was sent, and nothing of the reader', async () => {
    const offer: NewSignal = { description: { type: 'offer', sdp: 'v=0\r\n"ü"' } };
    const end: NewSignal = { candidate: null };
    const first = await appendSignals(services.redis, { sessionId, from: ana }, [offer, end]);
    await send(bob, ['mine']);
    expect(await readAs(bob, 0)).to.deep.equal({
      signals: [
        { sessionId, seq: first, from: ana, ...offer },
        { sessionId, seq: first + 1, from: ana, ...end },
      ],
      firstSeq: first,
      headSeq: first + 2,
    });
    expect((await readAs(bob, first)).signals).to.have.length(1);
    expect((await readAs(bob, first + 2)).signals).to.deep.equal([]);
    expect((await readAs(newId(), 0)).signals).to.have.length(3);
  });

  it('answers with all it keeps, and keeps less than what cuts a socket', async () => {
    const largest = 'x'.repeat(bounds.signalBytes - 500);
    for (let sent = 0; sent < 20; sent += 1) await send(ana, [largest]);
    const { signals, headSeq } = await readAs(bob, 0);
    expect(signals.at(-1)?.seq).to.equal(headSeq);
    expect(signals).to.have.length(await services.redis.llen(signalLog.keys(sessionId)[0]));
    const answer = Buffer.byteLength(JSON.stringify(signals));
    expect(answer).to.be.within(bounds.signalBytesKept / 2, 1024 * 1024);
  });

  it('keeps a bounded number for a bounded time', async () => {
    const texts = Array.from({ length: bounds.signalsKept + 2 }, (_, at) => String(at));
    await send(ana, texts);
    expect((await readAs(bob, 0)).signals).to.have.length(bounds.signalsKept);
    for (const key of signalLog.keys(sessionId)) {
      expect(await services.redis.ttl(key)).to.be.within(
        bounds.signalSeconds - 5,
        bounds.signalSeconds,
      );
    }
  });
});
