import { defineErrors } from '../define.ts';

export const errors = defineErrors({
  'match.not_found': { status: 404, title: 'Match request not found.' },
  'match.already_waiting': {
    status: 409,
    title: 'You already have a waiting match request. Cancel it first.',
  },
  'session.already_active': { status: 409, title: "You're already in a session. Leave it first." },
  'session.not_found': { status: 404, title: 'Session not found.' },
  'session.bad_transition': {
    status: 409,
    title: "The session's current state does not allow this.",
  },
  'session.feedback_given': { status: 409, title: "You've already rated this call." },
});
