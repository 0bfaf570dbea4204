import { setMaxListeners } from 'node:events';
import { type Client, createClient } from '../../../../client/create-client.ts';
import { isClientError } from '../../../../client/errors.ts';
import type { Ticket } from '../../../../contract/tickets.ts';
import type { Load, LoadContext, Observed } from '../../domain.ts';
import { branch } from '../../seeded.ts';
import { workAtDesk } from './desk.ts';
import { workOutside } from './outside.ts';
import type { Place } from './place.ts';
import type { Acknowledged, Simulation } from './simulation.ts';
import { visit } from './visitor.ts';

interface Failure {
  at: number;
  code: string;
}

export interface Crowd extends Load {
  acknowledged: readonly Acknowledged[];
}

/** Expected: somebody else was faster, or the counter was lost meanwhile. */
const USUAL = new Set([
  ...['ticket.stale_version', 'ticket.bad_transition', 'ticket.not_found', 'counter.not_open'],
  ...['counter.busy', 'counter.stale_version', 'client.closed', 'queue.full'],
]);
const MOST_VISITORS = 12;

/** Staff at counters, workers outside, and people who take tickets. */
export function crowdOf({ urls, seed, people, signal }: LoadContext, place: Place): Crowd {
  const resting = new AbortController();
  setMaxListeners(0, resting.signal);
  const stop = () => resting.abort();
  signal.addEventListener('abort', stop, { once: true });
  const failures: Failure[] = [];
  const cuts: number[] = [];
  const acknowledged: Acknowledged[] = [];
  const clients: Client[] = [];
  let slowest = { at: 0, ms: 0 };

  const simulation: Simulation = {
    ...{ place, urls, acknowledged, signal: resting.signal },
    staffAt(server) {
      const tokens = {
        ...{ accessToken: place.token, refreshToken: null, expiresAt: null, user: null },
      };
      const client = createClient({ baseUrl: urls[server] ?? '', tokens });
      client.onStatus((status) => {
        if (status === 'connecting') cuts.push(Date.now());
      });
      clients.push(client);
      return client;
    },
    async ask(act, calledBy) {
      const began = Date.now();
      try {
        const answer = await act();
        const at = Date.now();
        if (at - began > slowest.ms) slowest = { at, ms: at - began };
        if (isTicket(answer))
          acknowledged.push({
            ...{ at, ticketId: answer.id, version: answer.version, state: answer.state },
            calledBy: calledBy ?? null,
          });
        return answer;
      } catch (error) {
        if (!isClientError(error)) throw error;
        if (!USUAL.has(error.code)) failures.push({ at: Date.now(), code: error.code });
        return null;
      }
    },
  };
  const lives = Promise.all([
    ...place.counterIds.map((id, at) => workAtDesk(id, at, branch(seed, 3_000 + at), simulation)),
    workOutside(simulation),
    ...Array.from({ length: Math.min(MOST_VISITORS, people) }, (_, at) =>
      visit(branch(seed, 4_000 + at), simulation),
    ),
  ]);
  lives.catch(() => {});

  return {
    acknowledged,
    quiesce: async () => {
      stop();
      await lives;
      // Nobody holds the counters from here on, so everything at them must come free.
      for (const client of clients) client.close();
    },
    observed: (from, until): Observed => {
      const isInSpan = ({ at }: { at: number }) => at >= from && at <= until;
      const errors: Record<string, number> = {};
      for (const { code } of failures.filter(isInSpan)) errors[code] = (errors[code] ?? 0) + 1;
      return {
        disconnects: cuts.filter((at) => isInSpan({ at })).length,
        errors,
        slowestAckMs: isInSpan(slowest) ? slowest.ms : 0,
      };
    },
    stats: () => ({ ticketAnswers: acknowledged.length }),
    close: () => {
      stop();
      for (const client of clients) client.close();
    },
  };
}

const isTicket = (answer: unknown): answer is Ticket =>
  typeof answer === 'object' && answer !== null && 'code' in answer && 'version' in answer;
