import { createPublicClient } from '../../../client/public/create-public-client.ts';
import { isNewerBoard } from '../../../client/tickets/newest.ts';
import { publicTicketRoutes } from '../../../client/tickets/public-routes.ts';
import { boardsOf, watchedBoards } from '../../../client/tickets/watchables.ts';
import type { Board } from '../../../contract/tickets/boards.ts';
import type { Step } from './announcements.ts';
import { createAnnouncer } from './announcer.ts';
import { freshCalls, newCalls, type Skew } from './calls.ts';
import { createChime } from './chime.ts';
import type { BoardOptions } from './options.ts';
import { type ShownBoard, unreported, type View } from './screen.ts';
import { say, spokenLanguages, unlockVoice } from './voice.ts';

export interface BoardController {
  view(): View;
  /** The sound that is wanted waits for a gesture. */
  isMuted(): boolean;
  /** Call it in a gesture. */
  unlockSound(): void;
  start(): void;
  /** These boards are on a visible screen now. */
  painted(shown: readonly ShownBoard[]): void;
  /** Returns a function that removes the listener. */
  onChange(listener: () => void): () => void;
}

/** A slow first connect is no outage yet. */
const PATIENCE_MS = 5_000;
/** After a report that failed. */
const AGAIN_MS = 5_000;
/** Hours and estimates change without a push, and a push may be lost. */
const REFRESH_MS = 60_000;
/** Some networks let only plain requests through. */
const REFRESH_OFFLINE_MS = 10_000;

/** Follows the boards of the address for as long as the page is open. */
export function createController(baseUrl: string, options: BoardOptions): BoardController {
  const { queueIds, sound } = options;
  const client = createPublicClient({ baseUrl, routes: publicTicketRoutes, tries: 1 });
  const boards = new Map<string, Board>();
  const missing = new Set<string>();
  const reported = new Map<string, string>();
  const listeners = new Set<() => void>();
  let offlineSince: number | null = null;
  let skew: Skew = null;
  let refreshTimer: ReturnType<typeof setTimeout> | undefined;

  const changed = () => {
    for (const listener of listeners) listener();
  };
  const chime = sound === 'off' ? null : createChime(changed);
  const announcer = createAnnouncer(
    () => ({ sound, languages: sound === 'speech' ? spokenLanguages(options.languages) : [] }),
    (step: Step) =>
      step.kind === 'speech' ? say(step.language, step.text) : (chime?.play() ?? Promise.resolve()),
  );

  function take(board: Board, from: 'push' | 'snapshot'): void {
    const before = boards.get(board.queue.id);
    if (!isNewerBoard(before, board)) return;
    boards.set(board.queue.id, board);
    const called = freshCalls(newCalls(before, board), from, skew, Date.now());
    skew = called.skew;
    if (chime?.isReady()) announcer.called(called.fresh);
    changed();
  }

  // One watch a queue: when one of them does not exist, the others go on.
  const watch = (queueId: string) =>
    client.watch(
      watchedBoards,
      { queueId },
      {
        snapshot: (answer) => {
          for (const board of boardsOf(answer)) take(board, 'snapshot');
        },
        push: (board) => take(board, 'push'),
        ended: () => {
          boards.delete(queueId);
          missing.add(queueId);
          changed();
        },
      },
    );

  async function refresh(): Promise<void> {
    const known = queueIds.filter((id) => !missing.has(id));
    if (known.length === 0) return;
    try {
      const { items } = await client.http.readBoards({ queueIds: known.join(',') });
      offlineSince = null;
      for (const board of items) take(board, 'snapshot');
    } catch {
      if (client.status !== 'connected' && boards.size > 0) offlineSince ??= Date.now();
    }
    changed();
    refreshLater();
  }
  function refreshLater(): void {
    clearTimeout(refreshTimer);
    const ms = client.status === 'connected' ? REFRESH_MS : REFRESH_OFFLINE_MS;
    refreshTimer = setTimeout(() => void refresh(), ms * (0.9 + Math.random() * 0.2));
  }

  async function report({ queueId, seq, key }: ShownBoard): Promise<void> {
    reported.set(queueId, key);
    try {
      await client.emit('board:shown', { queueId, seq });
    } catch {
      if (reported.get(queueId) === key) reported.delete(queueId);
      setTimeout(changed, AGAIN_MS);
    }
  }

  return {
    view: () => ({ queueIds, boards, missing, offlineSince }),
    isMuted: () => chime !== null && !chime.isReady(),
    unlockSound: () => {
      chime?.unlock();
      if (sound === 'speech') unlockVoice();
    },
    start: () => {
      if (queueIds.length === 0) return;
      const startedAt = Date.now();
      client.onStatus((status) => {
        if (status === 'connected') offlineSince = null;
        else if (boards.size > 0) offlineSince ??= Date.now();
        refreshLater();
        changed();
      });
      for (const id of queueIds) watch(id);
      void client.connect();
      setTimeout(() => {
        if (client.status === 'connected') return;
        offlineSince ??= startedAt;
        changed();
      }, PATIENCE_MS);
    },
    painted: (shown) => {
      if (client.status !== 'connected') return;
      for (const each of unreported(shown, reported)) void report(each);
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
