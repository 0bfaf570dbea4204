import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Config } from '../../config.ts';
import { isLoopback } from '../limits/client-address.ts';

/** Headers of proxies and tunnels. Behind one, every request comes from this computer. */
const FORWARDED = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/**
 * Whether a request comes from a person at the computer that runs an embedded installation for development.
 * The address alone does not prove it: a tunnel connects from this computer, and so does a page of another site
 * whose name resolves to it. The name of such a page is in `Host` and `Origin`.
 */
export function isOwnMachine(
  config: Pick<Config, 'FOYER_EMBEDDED' | 'NODE_ENV'>,
  req: Pick<IncomingMessage, 'headers' | 'socket'>,
  address: string,
): boolean {
  const { headers, socket } = req;
  return (
    config.FOYER_EMBEDDED &&
    config.NODE_ENV !== 'production' &&
    isLoopback(address) &&
    isLoopback((socket.remoteAddress ?? '').replace(/^::ffff:/i, '')) &&
    FORWARDED.every((name) => headers[name] === undefined) &&
    isLocalName(`http://${headers.host}`) &&
    (headers.origin === undefined || isLocalName(headers.origin))
  );
}

function isLocalName(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const name = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return name === 'localhost' || (isIP(name) !== 0 && isLoopback(name));
}
