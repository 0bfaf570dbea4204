import { defineWebhookEvent } from '../define.ts';
import { id } from '../fields.ts';
import { matchRequest } from './requests.ts';
import { feedback, session } from './sessions.ts';

/**
 * The webhook events of matchmaking. `data` has a `version` that orders the events of a subject; feedback
 * has none.
 */
export const webhookEvents = [
  defineWebhookEvent({
    type: 'match_request.matched',
    summary: 'A match request found its partner',
    data: matchRequest,
  }),
  defineWebhookEvent({
    type: 'match_request.cancelled',
    summary: 'A match request was cancelled; `reason` says why',
    data: matchRequest,
  }),
  defineWebhookEvent({
    type: 'match_request.expired',
    summary: 'A match request found no partner in time',
    data: matchRequest,
  }),
  defineWebhookEvent({
    type: 'session.created',
    summary: 'Two people were matched',
    data: session,
  }),
  defineWebhookEvent({
    type: 'session.active',
    summary: 'Both people are connected',
    data: session,
  }),
  defineWebhookEvent({
    type: 'session.completed',
    summary: 'A call ended; `endReason` says why',
    data: session,
  }),
  defineWebhookEvent({
    type: 'session.failed',
    summary: 'A session ended before both people were connected; `endReason` says why',
    data: session,
  }),
  defineWebhookEvent({
    type: 'session.feedback',
    summary: 'A participant rated a call',
    data: feedback.extend({ userId: id }),
  }),
] as const;
