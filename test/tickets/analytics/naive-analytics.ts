import type { Analytics, AnalyticsItem } from '../../../contract/tickets.ts';
import type { LogEntry, StateEntry } from './written-log.ts';

type Measures = Analytics['totals'];
type Item = Omit<AnalyticsItem, 'counterName'>;

export interface NaiveQuery {
  queueId: string;
  log: readonly LogEntry[];
  states: readonly StateEntry[];
  /** Counters that serve the queue. */
  counters: readonly string[];
  from: number;
  to: number;
  now: number;
  starts: readonly number[];
  target: number;
}

/** Something that is counted: at a moment, at a counter or at none. */
interface Fact {
  at: number;
  counterId: string | null;
  kind: 'arrival' | 'completed' | 'no_show' | 'cancelled' | 'wait';
  seconds: number | null;
  promised?: { p50: number; p90: number } | null;
}

/** The report as the plainest walk through the log computes it. */
export function naiveAnalytics(query: NaiveQuery): { totals: Measures; items: Item[] } {
  const { from, to, starts } = query;
  const facts = ticketsOf(query.log)
    .flatMap((events) => factsOf(events, query.queueId))
    .filter(({ at }) => at >= from && at < to);
  const spans = spansOf(query);
  const items = starts.flatMap((start, index) => {
    const end = Math.min(starts[index + 1] ?? to, to);
    const begin = Math.max(start, from);
    const here = facts.filter(({ at }) => at >= begin && at < end);
    const spent = spans.flatMap((span) => {
      const ms = Math.min(span.ends, end) - Math.max(span.starts, begin);
      return ms > 0 ? [{ ...span, ms }] : [];
    });
    const ids = [...new Set([...here, ...spent].flatMap((one) => one.counterId ?? []))];
    ids.sort((one, other) => Number(one) - Number(other));
    return [null, ...ids].map((counterId) => {
      const isHere = (one: { counterId: string | null }) =>
        counterId === null || one.counterId === counterId;
      const sum = (kind: string) =>
        spent
          .filter((span) => isHere(span) && span.kind === kind)
          .reduce((all, { ms }) => all + ms, 0) / 1000;
      return {
        at: new Date(start).toISOString(),
        counterId,
        ...measure(here.filter(isHere), query.target),
        counterSeconds: { open: sum('open'), paused: sum('paused'), busy: sum('busy') },
      };
    });
  });
  return { totals: measure(facts, query.target), items };
}

function ticketsOf(log: readonly LogEntry[]): LogEntry[][] {
  const tickets = new Map<string, LogEntry[]>();
  for (const entry of log)
    tickets.set(entry.ticketId, [...(tickets.get(entry.ticketId) ?? []), entry]);
  return [...tickets.values()].map((events) => events.sort((a, b) => a.version - b.version));
}

function factsOf(events: readonly LogEntry[], queueId: string): Fact[] {
  const facts: Fact[] = [];
  const lastReopened = Math.max(
    0,
    ...events.filter(({ type }) => type === 'reopened').map(({ version }) => version),
  );
  let since: number | null = null;
  let isCalled = false;
  let isPlain = true;
  let isAppointment = false;
  let promised: { p50: number; p90: number } | null = null;
  let lastCall = 0;
  for (const { type, at, counterId, version, facts: known, queueId: where } of events) {
    if (where !== queueId) continue;
    if (type === 'created' || (type === 'transferred' && known.effectiveAt !== undefined)) {
      since = Math.max(at, (known.scheduledAt ?? 0) / 1000);
      isAppointment = known.scheduledAt != null;
      [isCalled, isPlain] = [false, true];
      promised = type === 'created' ? (known.promised ?? null) : null;
      facts.push({ at, counterId: null, kind: 'arrival', seconds: null });
    } else if (type === 'called' || type === 'reserved') {
      lastCall = at;
      if (since !== null && !isCalled)
        facts.push({
          ...{ at, counterId, kind: 'wait', seconds: Math.max(0, at - since) / 1000 },
          promised: isPlain ? promised : null,
        });
      isCalled = true;
    } else if (type === 'arrived' && isAppointment && since !== null) since = Math.max(since, at);
    else if (['postponed', 'away', 'no_show', 'reopened'].includes(type)) isPlain = false;
    const isEnd =
      ['completed', 'cancelled'].includes(type) || (type === 'no_show' && !known.requeued);
    if (isEnd && version > lastReopened)
      facts.push({
        ...{ at, counterId, kind: type as Fact['kind'] },
        seconds: type === 'completed' ? (at - lastCall) / 1000 : null,
      });
  }
  return facts;
}

function measure(facts: readonly Fact[], target: number): Measures {
  const of = (kind: Fact['kind']) => facts.filter((fact) => fact.kind === kind);
  const waits = of('wait');
  const promises = waits.filter(({ promised }) => promised != null);
  const queued = promises.filter(({ promised }) => (promised?.p50 ?? 0) > 0);
  const shareOf = (some: readonly Fact[], hit: (fact: Fact) => boolean) =>
    some.length === 0 ? null : some.filter(hit).length / some.length;
  return {
    arrivals: of('arrival').length,
    served: of('completed').length,
    noShows: of('no_show').length,
    cancelled: of('cancelled').length,
    waitSeconds: percentiles(waits),
    serviceSeconds: percentiles(of('completed')),
    withinTarget: shareOf(waits, ({ seconds }) => (seconds ?? 0) <= target),
    eta:
      promises.length === 0
        ? null
        : {
            coverage50: shareOf(queued, (f) => (f.seconds ?? 0) <= (f.promised?.p50 ?? 0)),
            coverage90: shareOf(promises, (f) => (f.seconds ?? 0) <= (f.promised?.p90 ?? 0)) ?? 0,
            n: promises.length,
          },
  };
}

function percentiles(facts: readonly Fact[]) {
  const sorted = facts.map(({ seconds }) => seconds ?? 0).sort((a, b) => a - b);
  const at = (rank: number) => sorted[Math.ceil(rank * sorted.length) - 1] ?? 0;
  return sorted.length === 0 ? null : { p50: at(0.5), p90: at(0.9), p95: at(0.95) };
}

const AT_COUNTER = ['called', 'recalled', 'started', 'progressed', 'resumed', 'counter_lost'];

interface Span {
  counterId: string;
  kind: string;
  starts: number;
  ends: number;
}

function spansOf({ queueId, log, states, counters, from, to, now }: NaiveQuery): Span[] {
  const busy = ticketsOf(log.filter((entry) => entry.queueId === queueId)).flatMap((events) =>
    events.flatMap(({ type, at, counterId }, index): Span[] =>
      counterId !== null && AT_COUNTER.includes(type)
        ? [{ counterId, kind: 'busy', starts: at, ends: events[index + 1]?.at ?? now }]
        : [],
    ),
  );
  const seen = busy.filter(({ starts, ends }) => starts < to && ends > from);
  const known = new Set([...counters, ...seen.map(({ counterId }) => counterId)]);
  const held = [...known].flatMap((counterId) => {
    const own = states.filter((state) => state.counterId === counterId);
    own.sort((one, other) => one.at - other.at);
    return own.map(({ at, state }, index) => ({
      ...{ counterId, kind: state, starts: at, ends: own[index + 1]?.at ?? now },
    }));
  });
  return [...seen, ...held.filter(({ kind }) => kind !== 'closed')];
}
