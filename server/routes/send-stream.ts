import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { bounds } from '../../config.ts';
import type { StreamAnswer } from '../../contract/answers.ts';
import type { Log } from '../../log.ts';
import type { StreamBody } from './route.ts';

/**
 * Sends bytes as the client takes them. A stream that fails, is too long or takes too long is cut, so that
 * the client sees that it is incomplete. When the client goes away, the source is destroyed.
 */
export async function sendStream(
  res: Response,
  { stream, contentType, fileName, bytes }: StreamBody,
  { contentTypes, maxBytes }: StreamAnswer,
  log: Log,
  maxMs = bounds.streamSeconds * 1000,
): Promise<void> {
  const source = stream instanceof Readable ? stream : Readable.from(stream, { objectMode: false });
  if (!contentTypes.includes(contentType)) {
    source.destroy();
    throw new Error(`the contract does not name ${contentType}`);
  }
  res.setHeader('content-type', contentType);
  if (fileName !== undefined) res.setHeader('content-disposition', dispositionOf(fileName));
  if (bytes !== undefined) res.setHeader('content-length', bytes);
  if (res.req.method === 'HEAD') {
    source.destroy();
    res.end();
    return;
  }
  const signal = AbortSignal.timeout(maxMs);
  try {
    await pipeline(source, upTo(maxBytes), res, { signal });
  } catch (error) {
    // The status was sent, so only the connection can be cut. The pipeline has done that.
    const isGone = (error as { code?: string }).code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!isGone) log.warn({ err: error }, 'an answer was cut');
  }
}

/**
 * A transform and not a generator: with a generator, a pipeline sees only at the next chunk that the client
 * has left.
 */
function upTo(maxBytes: number): Transform {
  let sent = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      sent += chunk.length;
      if (sent > maxBytes) done(new Error(`longer than ${maxBytes} bytes`));
      else done(null, chunk);
    },
  });
}

/** RFC 6266: a plain name for old clients, and the true one. */
export function dispositionOf(fileName: string): string {
  const plain = fileName.replace(/[^\w. -]/g, '_');
  const encoded = encodeURIComponent(Buffer.from(fileName).toString()).replace(/['()*]/g, percent);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
const percent = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
