import { bounds } from '../../config.ts';
import { noteShown, type ShownRange } from '../../db/tickets/boards/note-shown.ts';
import type { ServerDeps } from '../deps.ts';
import type { CommandSocket } from '../gateway/mount.ts';

/** Reports of displays that a call was seen. */
export interface ShownReports {
  add(socket: CommandSocket, queueId: string, seq: number): void;
  drain(): Promise<void>;
}

/** Reports within this time are one statement. */
const WINDOW_MS = 100;

/** Each display counts once for a call: it says up to which seq it has shown everything. */
export function createShownReports({ db, log }: Pick<ServerDeps, 'db' | 'log'>): ShownReports {
  const shownUpTo = new Map<string, Map<string, number>>();
  let waiting: ShownRange[] = [];
  let running: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
      const batch = waiting;
      waiting = [];
      await noteShown(db, batch).catch((error) =>
        log.debug({ err: error }, 'reports of displays lost'),
      );
    }
    running = undefined;
  }

  function lastOf(socket: CommandSocket): Map<string, number> {
    const known = shownUpTo.get(socket.id);
    if (known) return known;
    const last = new Map<string, number>();
    shownUpTo.set(socket.id, last);
    socket.onDisconnect(() => shownUpTo.delete(socket.id));
    return last;
  }

  return {
    add(socket, queueId, seq) {
      const last = lastOf(socket);
      const from = last.get(queueId) ?? 0;
      if (seq <= from || (!last.has(queueId) && last.size >= bounds.roomsPerSocket)) return;
      last.set(queueId, seq);
      waiting.push({ queueId, from, to: seq });
      running ??= writeAll();
    },
    drain: async () => running,
  };
}
