import type { PushName, PushPayload } from '../../contract/catalogue.ts';
import type { Room } from './rooms.ts';

/** Who gets a push: people on all of their sockets in `/`, or everyone who watches a room. */
export type Recipient = { people: readonly string[] } | { room: Room };

/** Addresses people by user id. */
export const toPeople = (userIds: readonly string[]): Recipient => ({ people: userIds });
/** Addresses everyone who watches a room. */
export const toRoom = (room: Room): Recipient => ({ room });

/** Send one event, on every instance. Best effort: it may be lost, and it never throws. */
export type Push = <E extends PushName>(to: Recipient, event: E, payload: PushPayload<E>) => void;

/** The event and its payload as JSON on one line, made once for all receivers. */
export const packetText = (event: string, payload: unknown): string =>
  JSON.stringify([event, payload]);

/** What orders pushes of one kind in a room; null when the payload carries neither. */
export function versionOf(payload: unknown): number | null {
  const { seq, version } = payload as { seq?: unknown; version?: unknown };
  if (typeof seq === 'number') return seq;
  return typeof version === 'number' ? version : null;
}
