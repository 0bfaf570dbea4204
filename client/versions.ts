/** An entity from a push or a response. `since` orders entities of one kind by their creation. */
export interface Versioned {
  id: string;
  version: number;
  /** Server time in milliseconds. */
  since: number;
}

/**
 * Whether `next` is newer than `known`. Pushes may be repeated, late or out of order. For one entity, the
 * higher version is newer. Between two entities, the one created later is newer, because a user has one
 * live request and one live session at a time.
 */
export function isNewer(known: Versioned | null, next: Versioned): boolean {
  if (known === null) return true;
  if (known.id === next.id) return next.version > known.version;
  if (known.since !== next.since) return next.since > known.since;
  // Created in the same millisecond: compare the UUIDv7 ids, so that all clients agree.
  return next.id > known.id;
}
