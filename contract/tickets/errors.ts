import { defineErrors } from '../define.ts';

export const errors = defineErrors({
  'queue.not_found': { status: 404, title: 'Queue not found.' },
  'queue.slug_taken': { status: 409, title: 'Another queue has this slug. Choose another one.' },
  'queue.stale_version': {
    status: 409,
    title: 'The queue has changed. Read it again and repeat your change.',
  },
  'queue.limit': { status: 409, title: 'There are too many queues.' },
  'queue.closed': { status: 409, title: 'The queue is closed.' },
  'queue.paused': { status: 409, title: 'The queue takes no new tickets at the moment.' },
  'queue.full': { status: 409, title: 'The queue is full. Try again later.' },
  'counter.not_found': { status: 404, title: 'Counter not found.' },
  'counter.stale_version': {
    status: 409,
    title: 'The counter has changed. Read it again and repeat your change.',
  },
  'counter.limit': { status: 409, title: 'There are too many counters.' },
  'counter.not_open': { status: 409, title: 'The counter is not open. Open it first.' },
  'counter.busy': {
    status: 409,
    title: 'The counter still serves a ticket. Finish that one first.',
  },
  'ticket.not_found': { status: 404, title: 'Ticket not found.' },
  'ticket.already_waiting': {
    status: 409,
    title: 'You already have a ticket in this queue.',
  },
  'ticket.stale_version': {
    status: 409,
    title: 'The ticket has changed. Look at its present state and repeat your action.',
  },
  'ticket.bad_transition': {
    status: 409,
    title: "The ticket's current state does not allow this.",
  },
  'ticket.archived': { status: 409, title: 'The ticket is archived and cannot be reopened.' },
  'ticket.too_early': { status: 409, title: "It's too early for this appointment." },
  'ticket.away_limit': {
    status: 409,
    title: 'This queue does not allow you to be away for so much time.',
  },
});
