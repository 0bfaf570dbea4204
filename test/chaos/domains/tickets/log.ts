import { type Db, rowsOf } from '../../../../db/knex.ts';
import type { Acknowledged } from './simulation.ts';

/** An entry of the log of a queue, as the table has it. */
export interface Entry {
  queueId: string;
  seq: number;
  type: string;
  ticketId: string;
  version: number;
  state: string;
  counterId: string | null;
  /** Where the ticket is behind this entry. */
  ticketQueueId: string;
  code: string;
}

/** Every entry, by queue and seq. */
export const readEntries = (db: Db): Promise<Entry[]> =>
  rowsOf<Entry>(
    db.raw(
      `select e.queue_id::text as "queueId", e.seq::float8 as seq, e.type, e.ticket_id::text as "ticketId",
              e.version, t.it ->> 'state' as state, t.it ->> 'counterId' as "counterId",
              t.it ->> 'queueId' as "ticketQueueId", t.it ->> 'code' as code
         from ticket_events e, lateral (select e.ticket::jsonb as it) as t
        order by e.queue_id, e.seq`,
    ),
  );

/** From which states each event may come. An event that is missing here changes no state. */
const FROM: Readonly<Record<string, readonly string[]>> = {
  ...{ called: ['waiting'], reserved: ['waiting'], started: ['called', 'waiting'] },
  ...{ recalled: ['called'], progressed: ['processing'], completed: ['processing'] },
  ...{ held: ['processing'], resumed: ['held'], postponed: ['waiting'] },
  ...{ no_show: ['called', 'waiting'], returned: ['called', 'processing', 'held'] },
  transferred: ['waiting', 'called', 'processing', 'held'],
  cancelled: ['waiting', 'called', 'held'],
  reopened: ['done', 'no_show', 'cancelled'],
};

/** Seqs that are missing, twice there, or out of their order. */
export function gaps(entries: readonly Entry[]): string[] {
  const heads = new Map<string, number>();
  return entries.flatMap(({ queueId, seq }) => {
    const before = heads.get(queueId) ?? 0;
    heads.set(queueId, seq);
    return seq === before + 1 ? [] : [`queue ${queueId}: seq ${seq} after ${before}`];
  });
}

/** Each ticket goes through its states one version at a time. */
export function illegalSteps(entries: readonly Entry[]): string[] {
  const last = new Map<string, Entry>();
  const byVersion = [...entries].sort(
    (one, other) => Number(one.ticketId) - Number(other.ticketId) || one.version - other.version,
  );
  return byVersion.flatMap((entry) => {
    const { ticketId, version, type } = entry;
    const before = last.get(ticketId);
    // A transfer stands in the logs of both queues.
    if (before?.version === version && before.type === 'transferred') return [];
    last.set(ticketId, entry);
    const step = `ticket ${ticketId}, version ${version}: ${type}`;
    if (version !== (before?.version ?? 0) + 1) return [`${step} after ${before?.version}`];
    if (!before) return type === 'created' ? [] : [`${step} comes first`];
    const from = FROM[type];
    if (from && !from.includes(before.state)) return [`${step} of one that is ${before.state}`];
    return [];
  });
}

/** Codes that two living tickets of a queue have. */
export function codesTwice(entries: readonly Entry[]): string[] {
  const living = new Map<string, string>();
  const codeOf = new Map<string, string>();
  const live = new Set(['waiting', 'called', 'processing', 'held']);
  return entries.flatMap(({ queueId, ticketQueueId, ticketId, code, state }) => {
    const known = codeOf.get(`${queueId} ${ticketId}`);
    if (known !== undefined) living.delete(known);
    codeOf.delete(`${queueId} ${ticketId}`);
    if (!live.has(state) || queueId !== ticketQueueId) return [];
    const name = `${queueId} ${code}`;
    const other = living.get(name);
    living.set(name, ticketId);
    codeOf.set(`${queueId} ${ticketId}`, name);
    return other === undefined ? [] : [`queue ${queueId}: ${code} is of ${other} and ${ticketId}`];
  });
}

/** What clients were answered and the log does not have. */
export function lost(entries: readonly Entry[], acknowledged: readonly Acknowledged[]): string[] {
  const logged = new Map(entries.map((one) => [`${one.ticketId} ${one.version}`, one.state]));
  return acknowledged.flatMap(({ ticketId, version, state }) => {
    const found = logged.get(`${ticketId} ${version}`);
    return found === state
      ? []
      : [`ticket ${ticketId}, version ${version}: answered ${state}, logged ${found}`];
  });
}

/** Calls that two counters were answered. */
export function calledTwice(acknowledged: readonly Acknowledged[]): string[] {
  const calls = new Map<string, string>();
  return acknowledged.flatMap(({ ticketId, version, calledBy }) => {
    if (calledBy === null) return [];
    const call = `${ticketId} ${version}`;
    const other = calls.get(call) ?? calledBy;
    calls.set(call, other);
    return other === calledBy
      ? []
      : [`ticket ${ticketId}, version ${version}: called by ${other} and ${calledBy}`];
  });
}
