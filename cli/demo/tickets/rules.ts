import type { Violation } from '../demo-domain.ts';
import type { Entry, TicketHistory } from './history.ts';
import { inOrder } from './order.ts';

type Rule = (history: TicketHistory) => string[];

const LIVE = new Set(['waiting', 'called', 'processing', 'held']);
const AT_COUNTER = new Set(['called', 'processing']);

/** The entries of each ticket by version; both rows of a transfer count once. */
export function ticketsOf({ logs }: TicketHistory): Map<string, Entry[]> {
  const tickets = new Map<string, Map<number, Entry>>();
  for (const { entries } of logs.values())
    for (const entry of entries) {
      const versions = tickets.get(entry.ticketId) ?? new Map<number, Entry>();
      tickets.set(entry.ticketId, versions.set(entry.version, entry));
    }
  return new Map(
    [...tickets].map(([id, versions]) => [
      id,
      [...versions.values()].sort((one, other) => one.version - other.version),
    ]),
  );
}

const twoCounters: Rule = (history) => {
  const found = [...ticketsOf(history)].flatMap(([id, entries]) =>
    entries.flatMap((entry, at) => {
      const before = entries[at - 1];
      const moves = before && AT_COUNTER.has(before.state) && AT_COUNTER.has(entry.state);
      return moves && before.counterId !== entry.counterId
        ? [`ticket ${id}: from counter ${before.counterId} to ${entry.counterId} without waiting`]
        : [];
    }),
  );
  const answered = new Map<string, string>();
  for (const { ticketId, version, counterId } of history.calls) {
    const call = `ticket ${ticketId}, version ${version}`;
    const other = answered.get(call);
    if (other !== undefined) found.push(`${call}: given to counters ${other} and ${counterId}`);
    answered.set(call, counterId);
  }
  return found;
};

/** By the times of the log: a counter takes the next ticket when it has let go of the last one. */
const oneAtATime: Rule = (history) => {
  const stays = new Map<string, { id: string; from: number; until: number }[]>();
  for (const [id, entries] of ticketsOf(history))
    for (const [at, entry] of entries.entries()) {
      const before = entries[at - 1];
      const comes = AT_COUNTER.has(entry.state) && !(before && AT_COUNTER.has(before.state));
      if (!comes || entry.counterId === null) continue;
      const left = entries.slice(at).find(({ state }) => !AT_COUNTER.has(state));
      const stay = { id, from: entry.at, until: left?.at ?? Number.POSITIVE_INFINITY };
      stays.set(entry.counterId, [...(stays.get(entry.counterId) ?? []), stay]);
    }
  return [...stays].flatMap(([counterId, list]) =>
    list
      .sort((one, other) => one.from - other.from || one.until - other.until)
      .flatMap((stay, at) => {
        const before = list[at - 1];
        return before && stay.from < before.until
          ? [`counter ${counterId}: ticket ${stay.id} came before ticket ${before.id} had left`]
          : [];
      }),
  );
};

const acknowledged: Rule = ({ logs, calls, isComplete }) => {
  if (!isComplete) return [];
  const logged = new Set(
    [...logs.values()].flatMap(({ entries }) =>
      entries.map(({ ticketId, version, counterId }) => `${ticketId} ${version} ${counterId}`),
    ),
  );
  return calls.flatMap(({ ticketId, version, counterId }) =>
    logged.has(`${ticketId} ${version} ${counterId}`)
      ? []
      : [`ticket ${ticketId}, version ${version}, at counter ${counterId} is not in the log`],
  );
};

const uniqueCodes: Rule = ({ logs }) =>
  [...logs].flatMap(([queueId, { entries }]) => {
    const living = new Map<string, string>();
    return entries.flatMap(({ ticketId, code, state, ticketQueueId }) => {
      for (const [known, id] of living) if (id === ticketId) living.delete(known);
      if (!LIVE.has(state) || ticketQueueId !== queueId) return [];
      const other = living.get(code);
      living.set(code, ticketId);
      return other === undefined
        ? []
        : [`queue ${queueId}: ${code} is the code of tickets ${other} and ${ticketId}`];
    });
  });

const gapless: Rule = ({ logs, isComplete }) =>
  [...logs].flatMap(([queueId, { from, head, entries }]) => {
    const gaps = entries.flatMap(({ seq }, at) =>
      seq === from + at + 1 ? [] : [`queue ${queueId}: seq ${seq} stands at ${from + at + 1}`],
    );
    const isShort = isComplete && from + entries.length < head;
    return isShort
      ? [...gaps, `queue ${queueId}: the log ends before its head, ${head}`]
      : gaps.slice(0, 1);
  });

const watched: Rule = ({ logs }) =>
  [...logs.values()].flatMap((log) => {
    const bySeq = new Map(log.entries.map((entry) => [entry.seq, entry]));
    return log.watched.flatMap(({ queueId, seq, type, ticketId, version }) => {
      const entry = bySeq.get(seq);
      const isSame =
        entry?.type === type && entry.ticketId === ticketId && entry.version === version;
      return isSame || (!entry && log.entries.length === 0)
        ? []
        : [`queue ${queueId}, seq ${seq}: a watcher was told ${type} of ticket ${ticketId}`];
    });
  });

const upToDate: Rule = ({ logs, displays, isComplete }) =>
  isComplete
    ? [...displays].flatMap(([display, { queueId, seq }]) => {
        const head = logs.get(queueId)?.head ?? 0;
        return seq < head ? [`${display}: stopped at seq ${seq} of ${head}`] : [];
      })
    : [];

const noNames: Rule = ({ named }) => named;

const ended: Rule = ({ endings, isComplete }) =>
  isComplete
    ? [...endings].flatMap(([id, state]) =>
        state === 'unknown' || LIVE.has(state) ? [`ticket ${id} is ${state} at the end`] : [],
      )
    : [];

/** The rules that people of a branch can check, by the text that a violation shows. */
export const rules = {
  'no ticket at two counters': twoCounters,
  'one ticket at a time at a counter': oneAtATime,
  'every acknowledged call is in the log': acknowledged,
  'calls in order, or explained': inOrder,
  'codes of the living are unique': uniqueCodes,
  'logs have no gap': gapless,
  'watchers see the log': watched,
  'boards are up to date in the end': upToDate,
  'boards show no names': noNames,
  'every ticket ends': ended,
} satisfies Record<string, Rule>;
export type RuleName = keyof typeof rules;

/** Every violation that the history proves. */
export const findViolations = (history: TicketHistory): Violation[] =>
  (Object.keys(rules) as RuleName[]).flatMap((rule) =>
    rules[rule](history).map((detail) => ({ rule, detail })),
  );
