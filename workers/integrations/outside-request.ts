import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { bounds } from '../../config.ts';
import { lookupOutside } from '../../outside-lookup.ts';

export type PostToOutside = (
  url: string,
  body: string,
  headers: Record<string, string>,
) => Promise<PostAnswer>;

/** The answer of a receiver. Without one, `status` is null and `error` says why in one line. */
export interface PostAnswer {
  status: number | null;
  error: string | null;
}

interface Options {
  /** Allows http, and loopback, private and link-local addresses. */
  allowPrivate: boolean;
  timeoutMs?: number;
  /** The name lookup; for tests. */
  lookup?: LookupFunction;
}

/** How many bytes of an answer are read and discarded, so that the connection can be used again. */
const ANSWER_BYTES = 64 * 1024;
/** Sockets of one process. `webhookRequestsPerHost` limits them for each host. */
const MAX_SOCKETS = 256;

/**
 * Creates the function that posts to addresses outside. It checks each address after the name lookup, at the
 * moment of the connection, so a name cannot resolve to another address afterwards. A redirect is returned as
 * an answer and never followed. Errors are returned and never thrown.
 */
export function createPostToOutside(options: Options): PostToOutside & { close(): void } {
  const { allowPrivate, timeoutMs = bounds.webhookTimeoutSeconds * 1000 } = options;
  // A private name may be in the hosts file, which only the system lookup reads.
  const lookup = options.lookup ?? (allowPrivate ? undefined : lookupOutside);
  const agentOptions = {
    ...{ keepAlive: true, maxSockets: MAX_SOCKETS, timeout: timeoutMs },
    ...{ allowPrivateIPAddress: allowPrivate, allowMetaIPAddress: false },
  };
  const https = new RequestFilteringHttpsAgent(agentOptions);
  const http = new RequestFilteringHttpAgent(agentOptions);

  const post: PostToOutside = (url, body, headers) =>
    new Promise((resolve) => {
      const isPlain = new URL(url).protocol === 'http:';
      if (isPlain && !allowPrivate) return resolve(failed('the URL must be https'));
      const send = isPlain ? httpRequest : httpsRequest;
      const req = send(url, {
        method: 'POST',
        agent: isPlain ? http : https,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(timeoutMs),
        ...(lookup ? { lookup } : {}),
      });
      let status: number | undefined;
      // The status is known: a body that breaks off or takes too long changes nothing.
      const end = (error: string) =>
        resolve(status === undefined ? failed(error) : { status, error: null });
      req.on('error', (error) => end(lineOf(error, timeoutMs)));
      // A 101 Switching Protocols answer emits no other event.
      req.on('close', () => end('the connection was closed without an answer'));
      req.on('response', (res) => {
        status = res.statusCode;
        let bytes = 0;
        res.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > ANSWER_BYTES) res.destroy();
        });
        res.on('error', () => {}); // the request is closed with it
      });
      req.end(body);
    });
  return Object.assign(post, {
    close() {
      https.destroy();
      http.destroy();
    },
  });
}

const failed = (error: string): PostAnswer => ({ status: null, error });

/** The error in words for staff. It never contains the address of a name. */
function lineOf(error: Error & { code?: string }, timeoutMs: number): string {
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return `no answer within ${timeoutMs / 1000} s`;
  if (/is not allowed\. Because/.test(error.message)) return 'the address is not public';
  return error.code ?? 'the connection failed';
}
