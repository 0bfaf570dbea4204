import { bounds } from '../../config.ts';
import { defineAbsence } from '../presence/absence/define-absence.ts';
import { usersWithLiveState } from './sessions/sessions.ts';

/*
 * Two sets, because there are two graces and two sweeps. With one set, each sweep would have to know
 * what the other one still needs before it removes anybody.
 *
 * Both keep users with any live state: a user of a session may be put back into the queue, and a user
 * of the queue may get a session.
 */

/** Absent users lose their place in the queue, and decline the partner found for them. */
export const waitingAbsence = defineAbsence({
  name: 'matchmaking.requests',
  graceMs: ({ DISCONNECT_GRACE_SECONDS }) => DISCONNECT_GRACE_SECONDS * 1000,
  usersWithLiveState,
});

/** The calls of absent users end. */
export const callAbsence = defineAbsence({
  name: 'matchmaking.calls',
  graceMs: () => bounds.partnerLostSeconds * 1000,
  usersWithLiveState,
});

/** Both sets, for presence. */
export const matchmakingAbsences = [waitingAbsence, callAbsence] as const;
