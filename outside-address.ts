import ipaddr from 'ipaddr.js';
import { resolveOutside } from './outside-lookup.ts';

interface RefusalOptions {
  /** Allows http, and loopback, private and link-local addresses. */
  allowPrivate?: boolean;
  /** For tests. */
  lookup?: (name: string) => Promise<{ address: string }[]>;
}

/**
 * Why Foyer does not send requests to this URL; null when it may. Names are resolved. The answer may
 * be another one later, so the sender checks the address again, at the connection.
 */
export async function refusalOf(
  url: string,
  { allowPrivate = false, lookup = resolveOutside }: RefusalOptions = {},
): Promise<string | null> {
  const { protocol, hostname, username, password } = new URL(url);
  const isPlain = allowPrivate && protocol === 'http:';
  if (protocol !== 'https:' && !isPlain) return 'must be https';
  if (username || password) return 'must not contain a password';
  if (hostname.length > NAME_CHARS) return `must have a host of at most ${NAME_CHARS} characters`;
  if (allowPrivate) return null;
  const host = hostname.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(host)) return isPublic(host) ? null : PRIVATE;
  if (/(^|\.)localhost\.?$/.test(host)) return PRIVATE;
  // A name that does not resolve now may later; a delivery then says so.
  const addresses = await lookup(host).catch(() => []);
  return addresses.every(({ address }) => isPublic(address)) ? null : PRIVATE;
}

/** A name in DNS has at most this many. */
const NAME_CHARS = 253;
const PRIVATE = 'must be at a public address';
/** Everything else is loopback, private, link-local, carrier, mapped, translated or reserved. */
const isPublic = (address: string) => ipaddr.parse(address).range() === 'unicast';
