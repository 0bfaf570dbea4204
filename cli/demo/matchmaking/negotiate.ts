import type { Session } from '../../../contract/matchmaking.ts';
import { between } from '../chance.ts';
import { rest } from '../rest.ts';
import { listen, OVER } from './listen.ts';
import type { Speaker } from './speaker.ts';

const CANDIDATES = 3;
/** The time between two candidates, as in a browser. */
const FINDING_MS = [5, 40] as const;
/** After this time without a description, the log is read. */
const DOUBT_MS = 2_000;

/**
 * Exchange the signals of a negotiation without browsers: the impolite side offers, the polite one
 * answers, both send candidates. True when the partner's description has arrived, false when the
 * session ended first.
 */
export async function negotiate(
  speaker: Speaker,
  session: Session,
  isOver: () => boolean,
): Promise<boolean> {
  const { client, userId, random, signal } = speaker;
  const me = session.participants.find((one) => one.userId === userId);
  let isSending = false;
  const partner = listen(speaker, session.id, () => isSending);
  /** The id of this attempt. Its signals are numbered, so that the receiver can tell what is missing. */
  const take = Math.floor(random() * 1e9);
  let number = 0;
  const say = async (what: 'offer' | 'answer' | 'candidate') => {
    number += 1;
    const text = `demo ${take} ${number}`;
    const body =
      what === 'candidate'
        ? { candidate: { candidate: text, sdpMid: '0' } }
        : { description: { type: what, sdp: text } };
    const told = { sessionId: session.id, ...body };
    // Too late is usual: the partner may have left meanwhile.
    isSending = true;
    const said = await speaker.attempt(() => client.emit('session:signal', told), ...OVER);
    isSending = false;
    if (!said) return false;
    partner.said(said.seq);
    speaker.onSaid();
    return true;
  };
  const speak = async (what: 'offer' | 'answer') => {
    let isSaid = await say(what);
    for (let at = 0; at < CANDIDATES && isSaid && !isOver(); at += 1) {
      await rest(between(...FINDING_MS, random), signal);
      isSaid = await say('candidate');
    }
  };
  try {
    await speaker.attempt(() => client.http.readIceServers({ id: session.id }), ...OVER);
    partner.catchUp();
    if (me && !me.polite) await speak('offer');
    while (!partner.isDescribed() && !isOver() && !signal.aborted) {
      await partner.next(DOUBT_MS);
      if (!partner.isDescribed()) partner.catchUp();
    }
    if (!partner.isDescribed()) return false;
    if (me?.polite) await speak('answer');
    return true;
  } finally {
    partner.close();
  }
}
