import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import proxyAddr from 'proxy-addr';

export type ClientAddress = (req: IncomingMessage) => string;

/**
 * Finds the address of the client. `X-Forwarded-For` counts only as far as one of `trusted` (addresses
 * or CIDR ranges) wrote it, because anyone can send the header.
 */
export function createClientAddress(trusted: readonly string[]): ClientAddress {
  const trust = proxyAddr.compile([...trusted]);
  return (req) => {
    const direct = plain(req.socket.remoteAddress ?? '');
    if (trusted.length === 0) return direct;
    const found = plain(proxyAddr(req, trust) ?? '');
    return isIP(found) ? found : direct;
  };
}

/** An IPv4 client of a dual-stack listener is `::ffff:1.2.3.4`; it is the same client. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '');

/**
 * The key under which limits count an address. An IPv6 client usually has a /64 and can use all of its
 * addresses, so that network counts as one.
 */
export function addressKey(address: string): string {
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return address;
  const groups = ipaddr.IPv6.parse(bare).parts.slice(0, NETWORK_GROUPS);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}
/** Of 16 bits each. */
const NETWORK_GROUPS = 4;

/** Whether an address is of this machine. */
export const isLoopback = (address: string): boolean => address === '::1' || /^127\./.test(address);
