import type { Socket } from 'socket.io';
import type { Caller } from '../../deps.ts';

/** The sockets of this instance by person. Each socket has a Caller object of its own. */
export interface ConnectedCallers {
  add(caller: Caller, socket: Socket): void;
  remove(caller: Caller): void;
  count(userId: string): number;
  all(): Caller[];
  /** The callers of one person: all, or those of one sign-in. */
  of(userId: string, familyId: string | null): Caller[];
  socketOf(caller: Caller): Socket | undefined;
  socketsOf(userId: string): Iterable<Socket>;
}

/** Creates an empty registry. */
export function createConnectedCallers(): ConnectedCallers {
  const byUser = new Map<string, Map<Caller, Socket>>();
  return {
    add(caller, socket) {
      const sockets = byUser.get(caller.userId) ?? new Map<Caller, Socket>();
      byUser.set(caller.userId, sockets.set(caller, socket));
    },
    remove(caller) {
      const sockets = byUser.get(caller.userId);
      sockets?.delete(caller);
      if (sockets?.size === 0) byUser.delete(caller.userId);
    },
    count: (userId) => byUser.get(userId)?.size ?? 0,
    all: () => [...byUser.values()].flatMap((sockets) => [...sockets.keys()]),
    of: (userId, familyId) =>
      [...(byUser.get(userId)?.keys() ?? [])].filter(
        (caller) => familyId === null || caller.familyId === familyId,
      ),
    socketOf: (caller) => byUser.get(caller.userId)?.get(caller),
    socketsOf: (userId) => byUser.get(userId)?.values() ?? [],
  };
}
