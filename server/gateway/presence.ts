import { markPresence, releaseLease, renewLease } from '../../db/presence/leases.ts';
import type { ServerDeps } from '../deps.ts';

export interface Presence {
  /** A socket of this person opened. */
  enter(userId: string): void;
  /** A socket of this person closed. */
  leave(userId: string): void;
  /** Renew the lease; list everyone again when it had been given up. Called by the watchdog. */
  renew(): Promise<void>;
  /** List everyone again: this Redis has lost its memory. */
  restore(): Promise<void>;
  /** The end of this instance, in order. */
  giveUp(): Promise<void>;
}

/** Changes of one moment go out together. */
const COLLECT_MS = 5;

/**
 * Who is connected to this instance, and its one lease. Redis is told what changed; what could not be
 * told is told at the next renewal, so that an outage leaves nobody listed who is gone.
 */
export function createPresence(
  { redis, instanceId, log }: Pick<ServerDeps, 'redis' | 'instanceId' | 'log'>,
  onGone: () => void,
): Presence {
  const sockets = new Map<string, number>();
  const untold = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let telling: Promise<void> | undefined;

  async function tellOnce(): Promise<void> {
    const users = [...untold];
    untold.clear();
    const here = users.filter((userId) => sockets.has(userId));
    const gone = users.filter((userId) => !sockets.has(userId));
    try {
      await markPresence(redis, instanceId, 'here', here);
      await markPresence(redis, instanceId, 'gone', gone);
      if (gone.length > 0) onGone();
    } catch (error) {
      for (const userId of users) untold.add(userId);
      throw error;
    }
  }
  /** One telling at a time: of two, the older one could arrive last. */
  async function tell(): Promise<void> {
    timer = undefined;
    while (telling) await telling.catch(() => {});
    telling = tellOnce().finally(() => {
      telling = undefined;
    });
    return telling;
  }
  function changed(userId: string): void {
    untold.add(userId);
    timer ??= setTimeout(() => {
      tell().catch((error) => log.debug({ err: error }, 'presence not told'));
    }, COLLECT_MS);
  }

  return {
    enter(userId) {
      const before = sockets.get(userId) ?? 0;
      sockets.set(userId, before + 1);
      if (before === 0) changed(userId);
    },
    leave(userId) {
      const left = (sockets.get(userId) ?? 1) - 1;
      if (left > 0) sockets.set(userId, left);
      else if (sockets.delete(userId)) changed(userId);
    },
    async renew() {
      const isNew = await renewLease(redis, instanceId);
      if (isNew) for (const userId of sockets.keys()) untold.add(userId);
      if (untold.size > 0) await tell();
    },
    async restore() {
      for (const userId of sockets.keys()) untold.add(userId);
      await tell();
      await renewLease(redis, instanceId);
    },
    async giveUp() {
      clearTimeout(timer);
      sockets.clear();
      await releaseLease(redis, instanceId);
    },
  };
}
