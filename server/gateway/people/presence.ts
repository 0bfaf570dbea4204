import type { AbsenceSet } from '../../../db/presence/absence/define-absence.ts';
import {
  listedPeople,
  listPeople,
  releaseLease,
  renewLease,
  unlistPeople,
} from '../../../db/presence/leases.ts';
import type { ServerDeps } from '../../deps.ts';
import { createReportQueue } from './report-queue.ts';

export interface Presence {
  /**
   * A socket of this user opened. Resolves when Redis has answered that this instance lists the user;
   * while Redis is unavailable it waits for the first report that succeeds. Never rejects.
   */
  enter(userId: string): Promise<void>;
  /** A socket of this user closed. */
  leave(userId: string): void;
  /**
   * Renew the lease and report what is not reported yet. List everyone again when the lease was not
   * running, when Redis lists another number of people, and after a reconnect. The watchdog calls it.
   */
  renew(): Promise<void>;
  /** List everyone again: a new epoch has begun. */
  restore(): Promise<void>;
  /** End the lease of this instance at shutdown. */
  release(): Promise<void>;
}

export interface PresenceOptions {
  absences: readonly AbsenceSet[];
  /** The last socket of a user on this instance closed, and Redis has recorded it. */
  onGone: () => void;
  /**
   * Everyone is listed again after Redis or other processes did not know some of them: pushes may have
   * missed their sockets, which must read again (`resync`).
   */
  onListedAgain?: () => void;
}

/**
 * Reports the users who are connected to this instance, and keeps its lease. Changes within a few
 * milliseconds are reported together. A report that failed is repeated at the next renewal, so a user
 * who left during an outage of Redis does not stay listed.
 */
export function createPresence(
  { redis, instanceId, log }: Pick<ServerDeps, 'redis' | 'instanceId' | 'log'>,
  { absences, onGone, onListedAgain }: PresenceOptions,
): Presence {
  const sockets = new Map<string, number>();
  /** The users that Redis lists for this instance, according to its answers. */
  const listed = new Set<string>();
  /** Why everyone must be listed again: `check` compares first, `lost` means that pushes were missed. */
  let again: 'no' | 'check' | 'lost' = 'no';
  let isReleased = false;

  async function report(users: Iterable<string>): Promise<void> {
    const [here, gone]: [string[], string[]] = [[], []];
    for (const userId of users) (sockets.has(userId) ? here : gone).push(userId);
    await listPeople(redis, absences, instanceId, here);
    await unlistPeople(redis, absences, instanceId, gone);
    for (const userId of here) listed.add(userId);
    for (const userId of gone) listed.delete(userId);
    if (gone.length > 0) onGone();
  }
  const queue = createReportQueue(report, (error) =>
    log.debug({ err: error }, 'presence not reported'),
  );

  /** Make Redis list exactly the users who are here, whatever it listed before. */
  async function listEveryone(): Promise<void> {
    let wasLost = again === 'lost';
    again = 'no';
    try {
      const known = new Set(await listedPeople(redis, instanceId));
      for (const userId of [...known, ...sockets.keys()]) {
        wasLost ||= listed.has(userId) && !known.has(userId);
        queue.add(userId);
      }
      await queue.flush();
    } catch (error) {
      again = wasLost ? 'lost' : 'check';
      throw error;
    }
    if (wasLost && sockets.size > 0) onListedAgain?.();
  }
  async function renewOnce(): Promise<void> {
    if (isReleased) return;
    const { wasRunning, people } = await renewLease(redis, instanceId);
    // Without a lease, readers of the directory have left this instance out.
    if (!wasRunning && listed.size > 0) again = 'lost';
    else if (!wasRunning || people !== listed.size) mustCheck();
    if (again === 'no') await queue.flush();
    else await listEveryone();
  }
  function mustCheck(): void {
    if (again === 'no') again = 'check';
  }
  /** ioredis emits `ready` after each reconnect, perhaps to a Redis that lost its last second. */
  redis.on('ready', mustCheck);

  return {
    enter(userId) {
      const before = sockets.get(userId) ?? 0;
      sockets.set(userId, before + 1);
      if (before === 0) return queue.add(userId, { soon: true });
      return queue.reported(userId);
    },
    leave(userId) {
      const left = (sockets.get(userId) ?? 1) - 1;
      if (left > 0) sockets.set(userId, left);
      else if (sockets.delete(userId)) queue.add(userId, { soon: true });
    },
    renew: () => queue.exclusive(renewOnce),
    restore: () =>
      queue.exclusive(() => {
        mustCheck();
        return renewOnce();
      }),
    async release() {
      isReleased = true;
      redis.off('ready', mustCheck);
      queue.close();
      sockets.clear();
      await queue.exclusive(() => releaseLease(redis, absences, instanceId));
    },
  };
}
