import type { QueueState } from '../../../../client/tickets/queue-state.ts';
import type { Counter, Queue, Ticket } from '../../../../contract/tickets.ts';

/** The called or processing ticket of a counter. */
export function ticketAt(counter: Counter | null, states: Iterable<QueueState>): Ticket | null {
  if (!counter) return null;
  for (const { serving } of states)
    for (const ticket of serving) if (ticket.counterId === counter.id) return ticket;
  return null;
}

/** The queues of a counter, in the order of all queues. */
export const queuesOf = (counter: Counter | null, queues: readonly Queue[]): Queue[] =>
  queues.filter(({ id }) => counter?.queueIds.includes(id));

/** Prefixes that several queues of one counter share: their codes look the same when they are called. */
export function sharedPrefixes(
  counters: readonly Counter[],
  queues: readonly Queue[],
): { prefix: string; names: string[] }[] {
  const found = new Map<string, Set<string>>();
  for (const counter of counters) {
    const own = queuesOf(counter, queues);
    for (const one of own)
      for (const other of own)
        if (one.id !== other.id && one.prefix === other.prefix)
          found.set(one.prefix, (found.get(one.prefix) ?? new Set()).add(one.name).add(other.name));
  }
  return [...found].map(([prefix, names]) => ({ prefix, names: [...names].sort() }));
}

/** `Bäckerei Süd` → `backerei-sud`. Never empty, and at most 60 characters. */
export function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return plain === '' ? 'queue' : plain;
}

/** The first `Counter N` that does not exist. */
export function nextCounterName(counters: readonly Counter[]): string {
  const names = new Set(counters.map(({ name }) => name));
  for (let n = counters.length + 1; ; n += 1) if (!names.has(`Counter ${n}`)) return `Counter ${n}`;
}
