import type { Db } from '../../db/knex.ts';
import { renewLeases } from '../../db/tickets/counters/counters.ts';
import type { Log } from '../../log.ts';
import type { CommandSocket } from '../gateway/mount.ts';

/** The counters that sockets of this instance hold. */
export interface Attachments {
  add(counterId: string, socket: CommandSocket): void;
  remove(counterId: string, socketId: string): void;
  /** Renew the leases now. A timer does it, too. */
  renew(): Promise<void>;
  /** The counters that are held now. */
  held(): string[];
  stop(): void;
}

/** The shortest lease is five seconds. */
const RENEW_MS = 1_500;

/**
 * While a socket is connected, its counters keep their leases: one statement for all of them. After a crash of
 * the process nobody renews them, and they run out. A counter that was paused or closed is let go.
 */
export function createAttachments({ db, log }: { db: Db; log: Log }): Attachments {
  const holders = new Map<string, Set<string>>();
  const watched = new Set<string>();
  /** Counters that were attached since the last renewal began: it knows nothing of them. */
  const fresh = new Set<string>();
  let isRunning = false;

  function remove(counterId: string, socketId: string): void {
    const sockets = holders.get(counterId);
    sockets?.delete(socketId);
    if (sockets?.size === 0) holders.delete(counterId);
  }
  async function renew(): Promise<void> {
    if (isRunning || holders.size === 0) return;
    isRunning = true;
    const ids = [...holders.keys()];
    fresh.clear();
    try {
      const open = new Set(await renewLeases(db, ids));
      for (const id of ids) if (!open.has(id) && !fresh.has(id)) holders.delete(id);
    } catch (error) {
      log.debug({ err: error }, 'leases of counters not renewed');
    } finally {
      isRunning = false;
    }
  }
  const timer = setInterval(() => void renew(), RENEW_MS);
  timer.unref();

  return {
    add(counterId, { id, onDisconnect }) {
      const sockets = holders.get(counterId) ?? new Set();
      holders.set(counterId, sockets.add(id));
      fresh.add(counterId);
      if (watched.has(id)) return;
      watched.add(id);
      onDisconnect(() => {
        watched.delete(id);
        for (const held of [...holders.keys()]) remove(held, id);
      });
    },
    remove,
    renew,
    held: () => [...holders.keys()],
    stop: () => clearInterval(timer),
  };
}
