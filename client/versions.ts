/** An entity as it was pushed or answered; `since` orders entities of one kind by their birth. */
export interface Versioned {
  id: string;
  version: number;
  /** Milliseconds of the server's clock. */
  since: number;
}

/**
 * The version rule (architecture, rule 5): does `next` say more than what is `known`? Pushes may come
 * twice, late and in any order. Of one entity the higher version says more; of two, the one that was
 * born later, since a person has one request and one session at a time.
 */
export function isNewer(known: Versioned | null, next: Versioned): boolean {
  if (known === null) return true;
  if (known.id === next.id) return next.version > known.version;
  if (known.since !== next.since) return next.since > known.since;
  // Born in the same millisecond: ids are UUIDv7, so that any two clients still agree.
  return next.id > known.id;
}
