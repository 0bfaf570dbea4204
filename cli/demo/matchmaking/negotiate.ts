import type { Session } from '../../../contract/matchmaking.ts';
import { between } from '../chance.ts';
import { rest } from '../rest.ts';
import { listen, OVER } from './listen.ts';
import type { Speaker } from './speaker.ts';

const CANDIDATES = 3;
/** Between two candidates, as a browser finds them. */
const FINDING_MS = [5, 40] as const;
/** A description that has not come by then is asked for. */
const DOUBT_MS = 2_000;

/**
 * What two browsers tell each other before they hear each other, without browsers: the impolite side
 * offers, the polite one answers, both name candidates. True when the partner's description has come,
 * false when the session was over first.
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
  /** Numbered, so that whoever hears it can tell what is missing; another attempt begins anew. */
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
