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

/** `status` is null without an answer; `error` then says why in one line. */
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

/** Bytes of an answer that are read, and thrown away, so that the connection can be used again. */
const ANSWER_BYTES = 64 * 1024;
/** Sockets of a process; `webhookRequestsPerHost` bounds them by host. */
const MAX_SOCKETS = 256;

/**
 * Posts to addresses outside. The address is checked when the name is resolved for the connection, and
 * that address is the one connected to. Redirects are answers, never followed.
 */
export function createPostToOutside(options: Options): PostToOutside & { close(): void } {
  const { allowPrivate, timeoutMs = bounds.webhookTimeoutSeconds * 1000 } = options;
  // Private names may stand in files of the machine, which only its own lookup reads.
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
      // An answer that switches protocols has no other event.
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

/** What staff may read: never the address that a name resolved to. */
function lineOf(error: Error & { code?: string }, timeoutMs: number): string {
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return `no answer within ${timeoutMs / 1000} s`;
  if (/is not allowed\. Because/.test(error.message)) return 'the address is not public';
  return error.code ?? 'the connection failed';
}
