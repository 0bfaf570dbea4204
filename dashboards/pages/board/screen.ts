import type { Board } from '../../../contract/tickets/boards.ts';
import type { WaitEstimate } from '../../../contract/tickets/ticket.ts';
import { type Call, callsOf, keyOf } from './calls.ts';

/** All state that decides what a display shows. */
export interface View {
  queueIds: readonly string[];
  boards: ReadonlyMap<string, Board>;
  /** Queues that do not exist. */
  missing: ReadonlySet<string>;
  /** Local ms since which there is no connection; null while connected. */
  offlineSince: number | null;
}

export interface ShownCall extends Pick<Call, 'queueId' | 'code' | 'counter'> {
  key: string;
  /** Null on a screen with one queue. */
  queueName: string | null;
}

export interface QueueCard {
  id: string;
  name: string;
  status: 'open' | 'paused' | 'closed';
  opensAt: string | null;
  waiting: number;
  wait: WaitEstimate | null;
}

/** A call is on the screen: what `board:shown` says about its queue. */
export interface ShownBoard {
  queueId: string;
  seq: number;
  /** Names the newest call of the queue, and nothing else does. */
  key: string;
}

export type Screen =
  | { kind: 'address' }
  | { kind: 'starting' }
  | { kind: 'unreachable'; since: number }
  | { kind: 'missing' }
  | {
      kind: 'board';
      /** The newest calls: what was called within seconds of the last one is as large. */
      last: ShownCall[];
      earlier: ShownCall[];
      cards: QueueCard[];
      missing: string[];
      offlineSince: number | null;
      shown: ShownBoard[];
    };

/** Long enough to be read when several counters call at once. */
const TOGETHER_MS = 10_000;
const MOST_LARGE = 9;
const MOST_EARLIER = 7;

/** The screen for a state. Total: every state has a screen. */
export function screenOf(view: View): Screen {
  const { queueIds, missing, offlineSince } = view;
  if (queueIds.length === 0) return { kind: 'address' };
  const boards = queueIds.flatMap((id) => view.boards.get(id) ?? []);
  if (boards.length === 0) {
    if (queueIds.every((id) => missing.has(id))) return { kind: 'missing' };
    return offlineSince === null
      ? { kind: 'starting' }
      : { kind: 'unreachable', since: offlineSince };
  }
  const { last, earlier } = callsOn(boards);
  const visible = new Set([...last, ...earlier].map(({ key }) => key));
  return {
    ...{ kind: 'board', last, earlier, offlineSince },
    cards: boards.map(cardOf),
    missing: queueIds.filter((id) => missing.has(id)),
    shown: boards.flatMap((board) => {
      const [newest] = callsOf(board);
      if (!newest || !visible.has(keyOf(newest))) return [];
      return [{ queueId: board.queue.id, seq: board.seq, key: keyOf(newest) }];
    }),
  };
}

function callsOn(boards: readonly Board[]): { last: ShownCall[]; earlier: ShownCall[] } {
  const names = new Map(boards.map(({ queue }) => [queue.id, queue.name]));
  const show = ({ queueId, code, counter }: Omit<Call, 'calledAt'>, key: string): ShownCall => {
    const queueName = boards.length > 1 ? (names.get(queueId) ?? null) : null;
    return { queueId, code, counter, key, queueName };
  };
  // The order is stable: calls of one moment stay in the order of their queue.
  const calls = boards
    .flatMap(callsOf)
    .sort((one, other) => Date.parse(other.calledAt) - Date.parse(one.calledAt));
  const since = Date.parse(calls[0]?.calledAt ?? '') - TOGETHER_MS;
  const large = calls.filter(({ calledAt }) => Date.parse(calledAt) >= since).slice(0, MOST_LARGE);
  const called = new Set(calls.map(({ queueId, code }) => `${queueId} ${code}`));
  // Those who are still served, and were called before everyone in the list of calls.
  const served = boards.flatMap(({ queue, serving }) =>
    serving
      .filter(({ code }) => !called.has(`${queue.id} ${code}`))
      .map((one) => show({ queueId: queue.id, ...one }, `${queue.id} ${one.code}`)),
  );
  const rest = calls.slice(large.length).map((call) => show(call, keyOf(call)));
  return {
    last: large.map((call) => show(call, keyOf(call))),
    earlier: [...rest, ...served].slice(0, MOST_EARLIER),
  };
}

const cardOf = ({ queue, waiting, wait, opensAt }: Board): QueueCard => ({
  ...{ id: queue.id, name: queue.name, waiting, wait, opensAt },
  // Outside its hours a queue keeps its state; only then there is a time at which it opens.
  status: opensAt === null ? queue.state : 'closed',
});

/** The boards whose newest call nobody has reported as shown. */
export const unreported = (
  shown: readonly ShownBoard[],
  reported: ReadonlyMap<string, string>,
): ShownBoard[] => shown.filter(({ queueId, key }) => reported.get(queueId) !== key);
