import { defineErrors } from '../define.ts';

export const errors = defineErrors({
  'queue.not_found': { status: 404, title: 'This queue does not exist. Check its id.' },
  'queue.slug_taken': { status: 409, title: 'Another queue has this slug. Choose another one.' },
  'queue.stale_version': {
    status: 409,
    title: 'The queue has changed. Read it again and repeat your change.',
  },
  'queue.limit': {
    status: 409,
    title: 'The maximum number of queues is reached. Reuse an existing queue.',
  },
  'queue.closed': { status: 409, title: 'The queue is closed. Come back when it opens.' },
  'queue.paused': {
    status: 409,
    title: 'The queue takes no new tickets at the moment. Try again later.',
  },
  'queue.full': { status: 409, title: 'The queue is full. Try again later.' },
  'counter.not_found': { status: 404, title: 'This counter does not exist. Check its id.' },
  'counter.stale_version': {
    status: 409,
    title: 'The counter has changed. Read it again and repeat your change.',
  },
  'counter.limit': {
    status: 409,
    title: 'The maximum number of counters is reached. Reuse an existing counter.',
  },
  'counter.not_open': { status: 409, title: 'The counter is not open. Open it first.' },
  'counter.busy': {
    status: 409,
    title: 'The counter still serves a ticket. Finish that one first.',
  },
  'ticket.not_found': {
    status: 404,
    title: 'This ticket does not exist, or it is not yours. Check its id and your claim token.',
  },
  'ticket.already_waiting': {
    status: 409,
    title: 'This person already has a ticket in this queue. Use that ticket.',
  },
  'ticket.stale_version': {
    status: 409,
    title: 'The ticket has changed. Look at its present state and repeat your action.',
  },
  'ticket.bad_transition': {
    status: 409,
    title: "The ticket's state does not allow this action. Read the ticket again.",
  },
  'ticket.archived': {
    status: 409,
    title: 'The ticket is archived and cannot be reopened. Create a new ticket.',
  },
  'ticket.too_early': {
    status: 409,
    title: 'It is too early for this appointment. Try again at the time in callableAt.',
  },
  'ticket.away_limit': {
    status: 409,
    title: 'This is longer than the queue allows you to be away. Choose at most leftSeconds.',
  },
});
