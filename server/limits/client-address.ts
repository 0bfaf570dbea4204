import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from 'proxy-addr';

export type ClientAddress = (req: IncomingMessage) => string;

/**
 * Who is at the other end. `X-Forwarded-For` is believed only as far as it was written by one of
 * `trusted` (addresses or CIDR ranges): anyone can send the header.
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

export const isLoopback = (address: string): boolean => address === '::1' || /^127\./.test(address);
