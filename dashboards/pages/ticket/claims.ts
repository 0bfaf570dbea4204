/** The ticket of an address such as `/ticket/7#claim`. The fragment is never sent to a server. */
export interface TicketAddress {
  /** Null when the address names no ticket. */
  ticketId: string | null;
  claim: string | null;
}

/** What `localStorage` offers; it may throw. */
type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>;

const NAME = 'foyer.tickets';
/** A phone keeps the claims of this many tickets. */
const MOST_KEPT = 20;

export function addressOf({ pathname, hash }: Pick<URL, 'pathname' | 'hash'>): TicketAddress {
  const [, ticketId = null] = /^\/ticket\/(0|[1-9][0-9]{0,18})\/?$/.exec(pathname) ?? [];
  const [, claim = null] = /^#([^\s#]{1,200})$/.exec(hash) ?? [];
  return { ticketId, claim };
}

/** The claims of the tickets that were opened here, so that the address without the fragment works too. */
export function createClaims(storage: Storage) {
  function read(): [string, string][] {
    try {
      const kept: unknown = JSON.parse(storage.getItem(NAME) ?? '[]');
      return Array.isArray(kept) ? kept.filter(isClaim) : [];
    } catch {
      return [];
    }
  }
  function write(claims: [string, string][]): void {
    try {
      storage.setItem(NAME, JSON.stringify(claims.slice(-MOST_KEPT)));
    } catch {
      // Storage is disabled or full. The link with the fragment still works.
    }
  }
  return {
    find: (ticketId: string): string | null => read().find(([id]) => id === ticketId)?.[1] ?? null,
    keep: (ticketId: string, claim: string): void =>
      write([...read().filter(([id]) => id !== ticketId), [ticketId, claim]]),
    forget: (ticketId: string): void => write(read().filter(([id]) => id !== ticketId)),
  };
}

const isClaim = (one: unknown): one is [string, string] =>
  Array.isArray(one) && one.length === 2 && one.every((part) => typeof part === 'string');
