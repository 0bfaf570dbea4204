import type { SignalHeard } from '../history.ts';
import { type Facts, groupBy } from './facts.ts';
import type { Rule } from './sessions.ts';

/** A participant only receives signals of the other participant of the session. */
export const signalsFromPartner: Rule = ({ signals, sessions }) =>
  signals.flatMap(({ sessionId, userId, from }) => {
    const session = sessions.get(sessionId)?.latest;
    if (!session) return [];
    const pair = [session.practiceUserId, session.nativeUserId];
    const isRight = pair.includes(userId) && pair.includes(from) && userId !== from;
    return isRight ? [] : [`person ${userId} heard ${from} in session ${sessionId}`];
  });

/** The signals of one attempt of a sender, as one listener received them. */
const attempts = ({ signals }: Facts) => [
  ...groupBy(signals, ({ sessionId, userId, attempt }) => `${sessionId} ${userId} ${attempt}`),
];
const first = (
  facts: Facts,
  isWrong: (heard: SignalHeard, before: SignalHeard | undefined) => boolean,
) =>
  attempts(facts).flatMap(([key, heard]) => {
    const wrong = heard.find((one, at) => isWrong(one, heard[at - 1]));
    return wrong ? [`${key}: signal ${wrong.number} at seq ${wrong.seq}`] : [];
  });

export const signalsInOrder: Rule = (facts) =>
  first(facts, ({ number }, before) => number <= (before?.number ?? 0));

/** No signal is missing before a received one, unless the server reported a loss. */
export const signalsNotLost: Rule = (facts) =>
  first(
    facts,
    ({ number, isAfterLoss }, before) => number > (before?.number ?? 0) + 1 && !isAfterLoss,
  );
