import { isUtf8 } from 'node:buffer';
import express, { type Request, type Response } from 'express';
import { bounds } from '../../config.ts';
import type { RawBody } from '../../contract/answers.ts';
import { FoyerError } from '../../contract/errors.ts';
import { requestError } from '../../http/request-error.ts';

/** Reads and inflates any media type up to the limit. `readBody` checks the media type with our error codes. */
const readInflated = express.raw({ type: () => true, limit: bounds.bodyBytes });

const hasBody = (req: Request) =>
  req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length']) > 0;

/**
 * The JSON body of a request, or `{}` when there is none: a route whose fields are all optional may
 * be called without a body.
 * @throws {FoyerError} request.too_large · request.unsupported_media_type · request.invalid
 */
export async function readBody(req: Request, res: Response): Promise<unknown> {
  if (!hasBody(req)) return {};
  const bytes = await readWith(readInflated, req, res);
  if (bytes.length === 0) return {};
  if (!isJson(req.headers['content-type'])) throw new FoyerError('request.unsupported_media_type');
  if (!isUtf8(bytes)) throw invalid('The request body is not valid UTF-8.');
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw invalid('The request body is not valid JSON.');
  }
}

/**
 * Reads the bytes of a raw body as they were sent. A compressed body is refused: its bytes are not what the
 * sender signed.
 */
export type ReadRaw = (req: Request, res: Response) => Promise<Buffer>;

/**
 * Creates the reader of one route.
 * @throws {FoyerError} request.too_large · request.unsupported_media_type
 */
export function createReadRaw({ maxBytes, contentTypes }: RawBody): ReadRaw {
  const read = express.raw({ type: () => true, limit: maxBytes, inflate: false });
  return async (req, res) => {
    if (!hasBody(req)) return Buffer.alloc(0);
    if (contentTypes && !contentTypes.includes(mediaTypeOf(req.headers['content-type'])))
      throw new FoyerError('request.unsupported_media_type');
    return readWith(read, req, res);
  };
}

async function readWith(
  read: ReturnType<typeof express.raw>,
  req: Request,
  res: Response,
): Promise<Buffer> {
  await new Promise<void>((resolve, reject) => {
    read(req, res, (error?: unknown) => (error ? reject(requestError(error)) : resolve()));
  });
  const bytes: unknown = req.body;
  return Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0);
}

const invalid = (detail: string) =>
  new FoyerError('request.invalid', { detail, errors: [{ path: '', message: detail }] });

const mediaTypeOf = (contentType = '') => contentType.toLowerCase().split(';')[0]?.trim() ?? '';

function isJson(contentType = ''): boolean {
  if (mediaTypeOf(contentType) !== 'application/json') return false;
  const [, ...parameters] = contentType.toLowerCase().split(';');
  const charset = parameters.find((parameter) => parameter.trim().startsWith('charset='));
  return charset === undefined || /^charset="?utf-?8"?$/.test(charset.trim());
}
