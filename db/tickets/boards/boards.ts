import type { Board } from '../../../contract/tickets.ts';
import { type Db, prepared, rowsOf } from '../../knex.ts';
import { type EtaState, estimateWait } from '../queues/eta.ts';
import { openingAt } from '../queues/hours.ts';
import { QUEUE_COUNTERS, type QueueCounters, serversOf } from '../queues/open-counters.ts';
import { QUEUE_COLUMNS, type QueueRow } from '../queues/queue-row.ts';
import { codeOf } from '../tickets/ticket-row.ts';

interface BoardRow extends QueueRow, QueueCounters {
  now: Date;
  serving: readonly { prefix: string; number: number; counter: string | null }[];
}

/** The boards of these queues, those that exist, in the order of the ids. One statement. */
export async function readBoards(db: Db, ids: readonly string[]): Promise<Board[]> {
  const rows = await rowsOf<BoardRow>(
    prepared(
      db,
      `select ${QUEUE_COLUMNS}, clock_timestamp() as now, s.serving, o.*
         from queues q
        cross join lateral (
          select coalesce(json_agg(json_build_object(
                   'prefix', t.prefix, 'number', t.number, 'counter', c.name)
                   order by t.called_at desc, t.id), '[]') as serving
            from tickets t left join counters c on c.id = t.counter_id
           where t.queue_id = q.id and t.state in ('called', 'processing', 'held')
             and t.state <> 'held') as s
        cross join lateral (${QUEUE_COUNTERS}) as o
        where q.id = any(?::bigint[])`,
      [ids],
    ),
  );
  const byId = new Map(rows.map((row) => [row.id, boardOf(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function boardOf(row: BoardRow): Board {
  const { isOpen, opensAt } = openingAt(row.hours, row.timezone, row.now);
  const isClosed = row.state === 'closed' || !isOpen;
  return {
    queue: { id: row.id, name: row.name, state: isClosed ? 'closed' : row.state },
    seq: row.seq,
    serving: row.serving.map(({ counter, ...ticket }) => ({ code: codeOf(ticket), counter })),
    waiting: row.waiting,
    lastCalled: row.lastCalled.map(({ code, counter, calledAt }) => ({ code, counter, calledAt })),
    wait: waitOf(row.eta, row),
    opensAt: row.state === 'closed' ? null : (opensAt?.toISOString() ?? null),
  };
}

/** What somebody who comes now would wait. */
const waitOf = (eta: EtaState, row: BoardRow) =>
  estimateWait(eta, row.waiting, serversOf(row, row));
